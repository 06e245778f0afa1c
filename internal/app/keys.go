package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"docket/internal/config"
	"docket/internal/desk"
	"docket/internal/doctor"
	"docket/internal/fault"
	"docket/internal/health"
	"docket/internal/infisical"
)

const (
	// keyTick is how often the files are read again.
	keyTick = 5 * time.Second
	// keyHurry is how soon the vault is asked again while the desk refuses what it gave.
	keyHurry = 15 * time.Second
)

// keyring reads the desk's credentials again, from files and from the vault, and hands them to
// the desk when they change. What cannot be read stays as it was.
type keyring struct {
	config config.Config
	vault  *infisical.Client
	desk   desk.Rekeyed
	// names are the variables of the desk's credentials, in its order.
	names []string
	// refused says that the desk, or a gate before it, refuses what it is shown.
	refused func() bool
	log     *slog.Logger
	// asked is when the vault was last asked; only turn touches it.
	asked time.Time

	mu sync.Mutex // guards keys
	// keys are the credentials by their variables.
	keys map[string]key
}

// key is one credential as it was last read.
type key struct {
	value fault.Secret
	// from is "vault" or the file's variable; at is when it was last read well, zero for never.
	from string
	at   time.Time
	// err is why it could not be read the last time, nil after a success.
	err error
}

// newKeyring makes the keyring; nil where nothing can change.
func newKeyring(cfg config.Config, d desk.Desk, settings desk.Settings, h *health.Health, log *slog.Logger) *keyring {
	f, ok := d.(desk.Rekeyed)
	if !ok {
		return nil
	}
	k := &keyring{config: cfg, desk: f, log: log, keys: map[string]key{}, refused: func() bool { return false }}
	if h != nil {
		k.refused = h.Refuses
	}
	changing := false
	for _, c := range settings.Credentials() {
		name, it := c.Variable, key{value: c.Value}
		k.names = append(k.names, name)
		switch {
		case cfg.Vault.Secrets[name] != "":
			it.from = "vault"
		case cfg.SecretFiles[name] != "":
			it.from, it.at = name+"_FILE", time.Now().UTC()
		}
		changing = changing || it.from != ""
		k.keys[name] = it
	}
	if !changing {
		return nil
	}
	if len(cfg.Vault.Secrets) > 0 {
		v := cfg.Vault
		k.vault = infisical.New(infisical.Config{URL: v.URL, ProjectID: v.ProjectID, Environment: v.Environment, ClientID: v.ClientID,
			ClientSecret: v.ClientSecret, Token: v.Token})
	}
	return k
}

// turn reads what is due, and hands on what changed.
func (k *keyring) turn(ctx context.Context, now time.Time) error {
	since := now.Sub(k.asked)
	askVault := since >= k.config.Vault.Every || (k.refused() && since >= keyHurry) || (!k.known() && since >= keyTick)
	if askVault {
		k.asked = now
	}
	for _, name := range k.names {
		it := k.get(name)
		switch it.from {
		case "":
			continue
		case "vault":
			if !askVault {
				continue
			}
		}
		value, err := k.read(ctx, name)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // Stopped half way: nothing was found out.
		}
		k.learn(ctx, name, value, err, now)
	}
	changed, err := k.desk.SetSecrets(k.values())
	if err != nil && !k.known() {
		return nil // Nothing has come yet; that is reported by learn.
	}
	if err != nil {
		return err
	}
	if changed {
		k.log.InfoContext(ctx, "keys changed, no restart needed")
	}
	return nil
}

func (k *keyring) read(ctx context.Context, name string) (fault.Secret, error) {
	if folder := k.config.Vault.Secrets[name]; folder != "" {
		return k.vault.Read(ctx, folder, name)
	}
	text, err := config.ReadSecret(k.config.SecretFiles[name])
	return fault.Secret(text), err
}

// learn keeps what was read; what could not be read leaves the last good value, and is logged once.
func (k *keyring) learn(ctx context.Context, name string, value fault.Secret, err error, now time.Time) {
	k.mu.Lock()
	it := k.keys[name]
	before := it.err
	it.err = err
	if err == nil {
		it.value, it.at = value, now
	}
	k.keys[name] = it
	k.mu.Unlock()
	switch {
	case err != nil && before == nil:
		k.log.WarnContext(ctx, "key could not be read again, using the last one", "variable", name, "from", it.from,
			"last", it.at, "err", err)
	case err == nil && before != nil:
		k.log.InfoContext(ctx, "key can be read again", "variable", name, "from", it.from)
	}
}

func (k *keyring) get(name string) key {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.keys[name]
}

// values are the credentials as they were last read.
func (k *keyring) values() map[string]fault.Secret {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := map[string]fault.Secret{}
	for name, it := range k.keys {
		all[name] = it.value
	}
	return all
}

// known reports whether every credential that is to come has come once.
func (k *keyring) known() bool {
	for _, name := range k.names {
		if it := k.get(name); it.from != "" && !it.value.Set() {
			return false
		}
	}
	return true
}

// state tells the doctor where each key comes from and how old it is.
func (k *keyring) state() []doctor.Key {
	var all []doctor.Key
	for _, name := range k.names {
		it := k.get(name)
		if it.from == "" {
			continue
		}
		fault := ""
		if it.err != nil {
			fault = fmt.Sprint(it.err)
		}
		all = append(all, doctor.Key{Name: name, From: it.from, Known: it.value.Set(), At: it.at, Fault: fault})
	}
	return all
}
