package freescout

import (
	"fmt"

	"docket/internal/fault"
)

// Credentials are what every call shows: the key, and Cloudflare Access's service token, both
// of its halves or neither.
type Credentials struct{ APIKey, AccessClientID, AccessClientSecret fault.Secret }

// held is a pair of credentials: those of calls that begin now, and those of calls that may
// still be on their way, so that neither is ever shown.
type held struct{ now, before Credentials }

// SetSecrets is SetCredentials with the credentials by their variables.
func (d *Desk) SetSecrets(byVariable map[string]fault.Secret) (changed bool, err error) {
	return d.SetCredentials(Credentials{APIKey: byVariable[keyVariable], AccessClientID: byVariable[idVariable],
		AccessClientSecret: byVariable[secretVariable]})
}

// SetCredentials changes what the calls that begin from now on show, without a restart. What
// cannot be right is an error, and changes nothing. changed is false where nothing is new.
func (d *Desk) SetCredentials(c Credentials) (changed bool, err error) {
	have := d.held.Load()
	if c == have.now {
		return false, nil
	}
	config := d.config
	config.APIKey, config.AccessClientID, config.AccessClientSecret, config.KeyLater = c.APIKey, c.AccessClientID, c.AccessClientSecret, false
	if err := config.validate(); err != nil {
		return false, fmt.Errorf("change FreeScout's credentials: %w", err)
	}
	// Two callers at once: the other one's are as good.
	return d.held.CompareAndSwap(have, &held{now: c, before: have.now}), nil
}
