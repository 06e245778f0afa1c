package flag

import (
	"fmt"
	"strings"
	"time"
)

// The flags' names.
const (
	// AutoTicket allows alerts to be filed as tickets.
	AutoTicket = "alerts.auto_ticket"
	// InvestigateFromStatus shows the Investigate button on degraded tiles.
	InvestigateFromStatus = "investigate.from_status"
)

// Flag is one switch.
type Flag struct {
	Name string
	// EnvVar is the variable that pins it off (0) or turns it on by default (1).
	EnvVar string
	// Why says what it is for, Owner who decides about it.
	Why, Owner string
	// RemoveBy is the day it must be removed by; zero for a permanent switch.
	RemoveBy time.Time
	// Default applies while nobody has set anything.
	Default bool
}

// Flags are all flags. Both are the operators' emergency switches and permanent.
var Flags = []Flag{
	{Name: AutoTicket, EnvVar: "FLAG_CONSOLE_ALERTS_AUTO_TICKET",
		Why:   "files tickets for alerts; turn it off to stop filing, for example in a flood",
		Owner: "operations", Default: true},
	{Name: InvestigateFromStatus, EnvVar: "FLAG_CONSOLE_INVESTIGATE_FROM_STATUS", Why: "shows the Investigate button on degraded tiles",
		Owner: "operations", Default: true},
}

// Find returns the flag with this name or environment variable: runbooks use either.
func Find(name string) (Flag, bool) {
	for _, f := range Flags {
		if name == f.Name || name == f.EnvVar {
			return f, true
		}
	}
	return Flag{}, false
}

// Env is the environment's setting of a flag.
type Env uint8

// The possible settings.
const (
	EnvUnset     Env = iota // not set
	EnvPinnedOff            // 0: off, and nobody can turn it on
	EnvDefaultOn            // 1: on until an operator turns it off
)

// ParseEnv reads a variable's value. The error lists the allowed values.
func ParseEnv(value string) (Env, error) {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "":
		return EnvUnset, nil
	case "0", "false", "off", "no":
		return EnvPinnedOff, nil
	case "1", "true", "on", "yes":
		return EnvDefaultOn, nil
	}
	return EnvUnset, fmt.Errorf("%q is neither 0 (pinned off) nor 1 (on by default)", value)
}

// Setting is what an operator has set.
type Setting struct {
	Name      string
	On        bool
	ChangedAt time.Time
	ChangedBy string
	// Why is the reason they gave, "" for none.
	Why string
}

// Reason says what decided a flag's state.
type Reason string

// The reasons, strongest first.
const (
	PinnedByEnvironment  Reason = "pinned_by_environment"
	SetByOperator        Reason = "set_by_operator"
	DefaultByEnvironment Reason = "default_by_environment"
	ByDefault            Reason = "default"
)

// Verdict is a flag's state.
type Verdict struct {
	On bool
	// Pinned means that no operator can change it.
	Pinned bool
	Reason Reason
}

// Evaluate decides a flag's state. set is what an operator has set, nil for nothing.
func Evaluate(f Flag, env Env, set *Setting) Verdict {
	switch {
	case env == EnvPinnedOff:
		return Verdict{On: false, Pinned: true, Reason: PinnedByEnvironment}
	case set != nil:
		return Verdict{On: set.On, Reason: SetByOperator}
	case env == EnvDefaultOn:
		return Verdict{On: true, Reason: DefaultByEnvironment}
	}
	return Verdict{On: f.Default, Reason: ByDefault}
}

// CheckSet returns nil if an operator may set the flag, otherwise the reason why not.
func CheckSet(f Flag, env Env) error {
	if env == EnvPinnedOff {
		return fmt.Errorf("%s is pinned off by the environment (%s=0): change the variable and restart", f.Name, f.EnvVar)
	}
	return nil
}
