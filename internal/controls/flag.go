package controls

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/open-feature/go-sdk/openfeature"

	"docket/internal/audit"
	"docket/internal/flag"
)

// Flag is the current state of one flag.
type Flag struct {
	flag.Flag
	flag.Verdict
	// ChangedAt, ChangedBy and Because describe an operator's last change; zero if there was none.
	ChangedAt time.Time
	ChangedBy string
	Because   string
}

// On reports whether a flag is on. An unknown flag is off.
func (b *Board) On(ctx context.Context, name string) bool {
	return b.flags.Boolean(ctx, name, false, openfeature.EvaluationContext{})
}

// Flags returns all flags in their declared order.
func (b *Board) Flags() []Flag {
	now := b.standing.Load()
	all := make([]Flag, len(flag.Flags))
	for i, f := range flag.Flags {
		all[i] = b.flag(f, now)
	}
	return all
}

func (b *Board) flag(f flag.Flag, now *standing) Flag {
	set := now.set[f.Name]
	state := Flag{Flag: f, Verdict: flag.Evaluate(f, b.env[f.Name], set)}
	if set != nil {
		state.ChangedAt, state.ChangedBy, state.Because = set.ChangedAt, set.ChangedBy, set.Why
	}
	return state
}

// SetFlag sets a flag in an actor's name with a reason. It is in force on this replica when SetFlag returns, and on
// every replica for all later decisions. If the flag already has this value, nothing is changed or recorded.
func (b *Board) SetFlag(ctx context.Context, name string, on bool, why string, actor audit.Actor) (Flag, error) {
	f, found := flag.Find(name)
	if !found {
		return Flag{}, refuse(ErrNoSuch, "there is no flag %.60q: list them with docket flags list", name)
	}
	name = f.Name
	if err := flag.CheckSet(f, b.env[name]); err != nil {
		return Flag{}, refuse(ErrPinned, "%s", err.Error())
	}
	if why = audit.Clean(why); utf8.RuneCountInString(why) > maxComment {
		return Flag{}, refuse(ErrInvalid, "the reason is longer than %d characters", maxComment)
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	changed, err := b.store.SetFlag(ctx, flag.Setting{Name: name, On: on, ChangedAt: now, ChangedBy: actor.Name, Why: why},
		func(before *flag.Setting) audit.Entry {
			return audit.Entry{CreatedAt: now, Actor: actor, Action: audit.ActionFlagChanged, Payload: map[string]any{
				"name": name, "before": flag.Evaluate(f, b.env[name], before).On, "after": on, "why": why,
			}}
		})
	if err != nil {
		return Flag{}, err
	}
	if changed {
		b.log.InfoContext(ctx, "flag changed", "flag", name, "on", on, "actor", actor.Name, "reason", why)
	}
	if err := b.Load(ctx); err != nil {
		return Flag{}, err
	}
	return b.flag(f, b.standing.Load()), nil
}

// provider is the board as an OpenFeature provider.
type provider struct{ board *Board }

var _ openfeature.FeatureProvider = provider{}

// Metadata returns the provider's name.
func (provider) Metadata() openfeature.Metadata { return openfeature.Metadata{Name: "docket"} }

// Hooks returns no hooks.
func (provider) Hooks() []openfeature.Hook { return nil }

// reasons maps our reasons to OpenFeature's.
var reasons = map[flag.Reason]openfeature.Reason{
	flag.PinnedByEnvironment: openfeature.DisabledReason, flag.SetByOperator: openfeature.StaticReason,
	flag.DefaultByEnvironment: openfeature.DefaultReason, flag.ByDefault: openfeature.DefaultReason,
}

// BooleanEvaluation evaluates a flag. All our flags are booleans and the same for everybody.
func (p provider) BooleanEvaluation(_ context.Context, name string, otherwise bool,
	_ openfeature.FlattenedContext) openfeature.BoolResolutionDetail {
	f, found := flag.Find(name)
	if !found {
		return openfeature.BoolResolutionDetail{Value: otherwise, ProviderResolutionDetail: missing(name)}
	}
	v := flag.Evaluate(f, p.board.env[f.Name], p.board.standing.Load().set[f.Name])
	return openfeature.BoolResolutionDetail{Value: v.On, ProviderResolutionDetail: openfeature.ProviderResolutionDetail{
		Reason: reasons[v.Reason], Variant: map[bool]string{true: "on", false: "off"}[v.On],
	}}
}

// StringEvaluation finds no flag: none has this type.
func (provider) StringEvaluation(_ context.Context, name, otherwise string,
	_ openfeature.FlattenedContext) openfeature.StringResolutionDetail {
	return openfeature.StringResolutionDetail{Value: otherwise, ProviderResolutionDetail: missing(name)}
}

// FloatEvaluation finds no flag: none has this type.
func (provider) FloatEvaluation(_ context.Context, name string, otherwise float64,
	_ openfeature.FlattenedContext) openfeature.FloatResolutionDetail {
	return openfeature.FloatResolutionDetail{Value: otherwise, ProviderResolutionDetail: missing(name)}
}

// IntEvaluation finds no flag: none has this type.
func (provider) IntEvaluation(_ context.Context, name string, otherwise int64,
	_ openfeature.FlattenedContext) openfeature.IntResolutionDetail {
	return openfeature.IntResolutionDetail{Value: otherwise, ProviderResolutionDetail: missing(name)}
}

// ObjectEvaluation finds no flag: none has this type.
func (provider) ObjectEvaluation(_ context.Context, name string, otherwise any,
	_ openfeature.FlattenedContext) openfeature.InterfaceResolutionDetail {
	return openfeature.InterfaceResolutionDetail{Value: otherwise, ProviderResolutionDetail: missing(name)}
}

// missing says that there is no such flag, or that it is a boolean and has no other type.
func missing(name string) openfeature.ProviderResolutionDetail {
	wrong := openfeature.NewFlagNotFoundResolutionError("there is no flag " + name)
	if _, found := flag.Find(name); found {
		wrong = openfeature.NewTypeMismatchResolutionError(name + " is on or off")
	}
	return openfeature.ProviderResolutionDetail{ResolutionError: wrong, Reason: openfeature.ErrorReason}
}
