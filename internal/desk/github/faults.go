package github

import "docket/internal/fault"

// Faults are the faults that GitHub's desk knows by itself, with what to do about each; those of the
// way to it (timeout, dns_error and so on) are package rest's. Class is what holds for a call that only
// reads, and for a change where the class says that it certainly took no effect.
var Faults = [...]fault.Fault{
	{
		Name: "key_missing", Class: fault.Unavailable, Sentence: "Docket has no token for GitHub yet: the vault has not delivered it.",
		Fix: "Bring the vault back, or set github.token.",
	},
	{
		Name: "key_refused", Class: fault.Refused, Sentence: "GitHub did not accept the token.",
		Fix: "Check that the token in github.token (or the app's id and private key) is right, has not expired and was not revoked.",
	},
	{
		Name: "installation_missing", Class: fault.Refused, Sentence: "GitHub knows no such installation of the app.",
		Fix: "Install the app in the organization, and set github.app_installation_id to the number at the end of the installation's address.",
	},
	{
		Name: "installation_suspended", Class: fault.Refused, Sentence: "The app's installation is suspended.",
		Fix: "Lift the suspension in the organization's settings under GitHub Apps.",
	},
	{
		Name: "sso_required", Class: fault.Refused, Sentence: "The organization asks for single sign-on, and the token is not authorized for it.",
		Fix: "Authorize the token for the organization: Settings > Developer settings > Personal access tokens > Configure SSO.",
	},
	{
		Name: "address_refused", Class: fault.Refused, Sentence: "GitHub does not accept calls from this machine's address.",
		Fix: "Add the address to the organization's IP allow list.",
	},
	{
		Name: "permission_missing", Class: fault.Refused, Sentence: "The token may not do this.",
		Fix: "Give the token the permission Issues: read and write for the repository (classic: scope repo).",
	},
	{
		Name: "repository_missing", Class: fault.Refused, Sentence: "GitHub shows the token no such repository.",
		Fix: "Check github.repository (owner/name), and that the token may see the repository.",
	},
	{
		Name: "archived", Class: fault.Refused, Sentence: "The repository is archived: nothing in it can be changed.",
		Fix: "Unarchive the repository, or set github.repository to another.",
	},
	{
		Name: "issues_disabled", Class: fault.Refused, Sentence: "Issues are switched off in this repository.",
		Fix: "Switch issues on in the repository's settings under Features.",
	},
	{
		Name: "locked", Class: fault.Refused, Sentence: "The issue's conversation is locked.",
		Fix: "Unlock the conversation, or give the token write access to the repository.",
	},
	{
		Name: "rejected", Class: fault.Refused, Sentence: "GitHub did not accept what was sent.",
		Fix: "Check the repository, the labels and the assignees in the configuration.",
	},
	{
		Name: "forbidden", Class: fault.Refused, Sentence: "GitHub accepted the token but refused the call.",
		Fix: "Check what the token may do, and the repository's interaction limits.",
	},
	{
		Name: "wrong_base_url", Class: fault.Refused, Sentence: "GitHub's API does not answer at this address.",
		Fix: "Set github.api_url to https://api.github.com, or to https://HOST/api/v3 for a GitHub Enterprise Server.",
	},
	{
		Name: "not_json", Class: fault.Refused, Sentence: "A web page came back where GitHub's API answers JSON.",
		Fix: "Set github.api_url to https://api.github.com, or to https://HOST/api/v3 for a GitHub Enterprise Server.",
	},
	{
		Name: "proxy_refused", Class: fault.Refused, Sentence: "A server in front of GitHub refused the call.",
		Fix: "Check the proxy between here and GitHub.",
	},
	{
		Name: "moved_too_often", Class: fault.Refused, Sentence: "GitHub sends the call from one address to the next.",
		Fix: "Set github.repository to the repository's present name.",
	},
	{
		Name: "list_too_long", Class: fault.Unavailable, Sentence: "So many issues were opened of late that they could not be looked through.",
		Fix: "Use a repository of its own for tickets.",
	},
	{
		Name: "search_incomplete", Class: fault.Unavailable,
		Sentence: "GitHub's search did not look through everything; whether the ticket exists cannot be known.",
		Fix:      "Nothing, if it passes: see githubstatus.com.",
	},
	{
		Name: "rate_limited", Class: fault.Unavailable, Sentence: "GitHub asked for fewer calls.",
		Fix: "Nothing, if it passes; use a GitHub App or a token of its own for Docket if it goes on.",
	},
	{
		Name: "server_error", Class: fault.Unavailable, Sentence: "GitHub failed with an error of its own.",
		Fix: "See githubstatus.com.",
	},
	{
		Name: "service_unavailable", Class: fault.Unavailable, Sentence: "GitHub is unavailable.",
		Fix: "See githubstatus.com.",
	},
	{
		Name: "proxy_error", Class: fault.Unavailable, Sentence: "GitHub's front did not get an answer in time.",
		Fix: "See githubstatus.com; check the proxies between here and GitHub.",
	},
	{
		Name: "not_visible_yet", Class: fault.Unavailable, Sentence: "GitHub does not show the new issue yet.",
		Fix: "Nothing: it is asked again.",
	},
	{
		Name: "bad_answer", Class: fault.Unavailable, Sentence: "GitHub's answer could not be read.",
		Fix: "Check what answers at github.api_url.",
	},
	{
		Name: "no_id", Class: fault.Unknown, Sentence: "GitHub answered success but did not say what it made.",
		Fix: "Nothing: Docket looks for it.",
	},
	{
		Name: "missing", Class: fault.Missing, Sentence: "GitHub has no such issue.",
		Fix: "Nothing, if a person moved it out of the token's sight.",
	},
	{
		Name: "deleted", Class: fault.Missing, Sentence: "A person deleted the issue.",
		Fix: "Nothing.",
	},
	{
		Name: "status_unsupported", Class: fault.Refused, Sentence: "GitHub's API cannot set this status.",
		Fix: "Do it on GitHub.",
	},
	{
		Name: "draft_without_mark", Class: fault.Refused, Sentence: "The ticket's subject does not end in its mark; it could not be found again.",
		Fix: "Report this as a fault of Docket.",
	},
}

// named returns a fresh fault of the table.
func named(name string) *fault.Fault {
	for _, f := range Faults {
		if f.Name == name {
			return &f
		}
	}
	panic("github: no fault is called " + name) //nolint:forbidigo // A broken invariant: the names are literals.
}

// badAnswer is the fault of an answer that could not be read.
func badAnswer(err error) *fault.Fault {
	f := named("bad_answer")
	f.Err = err
	return f
}
