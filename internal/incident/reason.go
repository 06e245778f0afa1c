package incident

import "docket/internal/filing"

// Reason names why a decision fell as it did. Reasons are words for logs, audit and
// console alike; Sentence says each for people.
type Reason string

// The reasons.
const (
	ReasonTicketAsked       Reason = "ticket_asked"
	ReasonBelowTicketAt     Reason = "below_ticket_at"
	ReasonFilingOff         Reason = "filing_off"
	ReasonMuted             Reason = "muted"
	ReasonHeld              Reason = "held"
	ReasonMaybeStale        Reason = "maybe_late_repeat"
	ReasonEndedWhileHeld    Reason = "ended_while_held"
	ReasonJoined            Reason = "joined_open_incident"
	ReasonOthersFire        Reason = "others_still_fire"
	ReasonWorse             Reason = "severity_worse"
	ReasonSettling          Reason = "settling"
	ReasonFlapped           Reason = "flapped"
	ReasonRecovered         Reason = "recovered"
	ReasonOver              Reason = "recovered_without_ticket"
	ReasonFiredAgain        Reason = "fired_again"
	ReasonFlapNoted         Reason = "fired_again_noted"
	ReasonNoteCoalesced     Reason = "note_coalesced"
	ReasonNoteMuted         Reason = "note_muted"
	ReasonTicketFiled       Reason = Reason(filing.VerdictFiled)
	ReasonTicketAdopted     Reason = Reason(filing.VerdictAdopted)
	ReasonNotSent           Reason = Reason(filing.VerdictNotSent)
	ReasonHeldBack          Reason = Reason(filing.VerdictHeldBack)
	ReasonRefused           Reason = Reason(filing.VerdictRefused)
	ReasonLookFailed        Reason = Reason(filing.VerdictLookFailed)
	ReasonUnknown           Reason = Reason(filing.VerdictUnknown)
	ReasonNotFound          Reason = Reason(filing.VerdictNotFound)
	ReasonCreated           Reason = Reason(filing.VerdictCreated)
	ReasonVanished          Reason = Reason(filing.VerdictVanished)
	ReasonSending           Reason = Reason(filing.VerdictSending)
	ReasonTwin              Reason = Reason(filing.VerdictTwin)
	ReasonDone              Reason = Reason(filing.VerdictDone)
	ReasonClosedByPerson    Reason = "closed_by_person"
	ReasonClosedByPolicy    Reason = "closed_by_policy"
	ReasonTicketOpen        Reason = "ticket_still_open"
	ReasonFreshEpisode      Reason = "fresh_ticket_after_close"
	ReasonTicketGone        Reason = Reason(filing.VerdictGone)
	ReasonStorm             Reason = "storm"
	ReasonDigest            Reason = "digest"
	ReasonNoBackfill        Reason = "no_backfill"
	ReasonShared            Reason = "gathering"
	ReasonListing           Reason = "listing"
	ReasonListed            Reason = "listed"
	ReasonOverInShared      Reason = "recovered_in_shared_ticket"
	ReasonInvestigateAsked  Reason = "investigate_asked"
	ReasonInvestigateJoined Reason = "investigate_joined"
	ReasonInvestigateOff    Reason = "investigate_off"
	ReasonTookUp            Reason = "took_up_earlier_ticket"
	ReasonMerged            Reason = "ticket_merged"
	ReasonTicketMissing     Reason = "ticket_missing"
	ReasonTwinClosed        Reason = "twin_closed"
	ReasonOrphanAdopted     Reason = "orphan_adopted"
	ReasonTagsMissing       Reason = "tags_missing"
	ReasonAcknowledged      Reason = "acknowledged"
	ReasonNothing           Reason = "nothing_to_do"
	ReasonStale             Reason = Reason(filing.VerdictStale)
)

// sentences say each reason for people: present tense, no jargon.
var sentences = map[Reason]string{
	ReasonTicketAsked:    "The severity is at or above the ticket level (policies.ticket_at), so a ticket is being created.",
	ReasonBelowTicketAt:  "No ticket: the severity is below the ticket level (policies.ticket_at).",
	ReasonFilingOff:      "No ticket: filing is switched off (flag alerts.auto_ticket).",
	ReasonMuted:          "No ticket yet: a silence mutes this alert.",
	ReasonHeld:           "Waiting: the alert must keep firing for the hold time before its incident opens (policies.hold).",
	ReasonMaybeStale:     "Waiting: this may be a late repeat of an ended alert. Unless it is resolved again soon, it counts as firing.",
	ReasonEndedWhileHeld: "No ticket: the alert stopped firing before its hold time was over.",
	ReasonJoined:         "Another alert of the same problem joined this incident and shares its ticket.",
	ReasonOthersFire:     "One alert of this incident has ended. Others still fire, so the incident stays open.",
	ReasonWorse:          "The severity was raised.",
	ReasonSettling:       "The alert stopped firing. It counts as recovered once it has been quiet for the settle time (policies.settle).",
	ReasonFlapped:        "The alert fired again within the settle time, so the same incident continues.",
	ReasonRecovered:      "The alert stopped firing. The ticket stays open until somebody closes it.",
	ReasonOver:           "The alert stopped firing and there is no open ticket, so the incident is closed.",
	ReasonFiredAgain:     "The alert fired again. Checking whether the ticket is still open.",
	ReasonFlapNoted:      "The ticket is still open, so a note says that the alert fired again. There is no second ticket.",
	ReasonNoteCoalesced:  "The ticket is still open and got a note a short while ago. The next note will include this firing.",
	ReasonNoteMuted:      "A silence mutes this alert, so its ticket gets no notes. What happened is added when the silence ends.",
	ReasonTicketFiled:    "The ticket was created and verified.",
	ReasonTicketAdopted:  "A ticket with this incident's mark was found in the help desk and adopted.",
	ReasonNotSent:        "The help desk could not be reached. Nothing was created, so Docket tries again.",
	ReasonHeldBack:       "Too many calls to the help desk are waiting for their turn. Docket tries again in a moment.",
	ReasonRefused:        "The help desk refused the request. Docket tries again from time to time, but somebody has to fix the cause.",
	ReasonLookFailed:     "The help desk could not be asked whether this is done. Nothing is sent; Docket asks again.",
	ReasonUnknown: "The help desk's response was lost, so the ticket may exist. Docket looks for it after the wait-out time " +
		"and does not send it again before that.",
	ReasonNotFound:       "After the wait-out time there is still no such ticket, so it is sent again with the same mark.",
	ReasonCreated:        "The help desk says that it created the ticket. Reading it back to verify it.",
	ReasonVanished:       "The help desk said that it created the ticket but does not show it. Docket looks again after the wait-out time.",
	ReasonSending:        "Sending the request.",
	ReasonTwin:           "A second ticket with the same mark was found. The first one is kept.",
	ReasonDone:           "Done.",
	ReasonClosedByPerson: "A person closed the ticket, and Docket leaves it closed.",
	ReasonClosedByPolicy: "The alert recovered and the ticket was closed (policies.on_recovery).",
	ReasonTicketOpen:     "The ticket is still open.",
	ReasonFreshEpisode:   "The earlier ticket was closed after the alert recovered, so a new ticket that links to it is being created.",
	ReasonTicketGone:     "The help desk no longer has the ticket, which counts as closed.",
	ReasonStorm:          "There are more new tickets than policies.storm allows, so this alert is listed in the storm ticket.",
	ReasonDigest: "The alert fired and recovered while the help desk was unreachable, so it is listed in the digest ticket " +
		"(policies.backfill).",
	ReasonNoBackfill:        "No ticket: the alert fired and recovered while the help desk was unreachable (policies.backfill: active).",
	ReasonShared:            "Several incidents share this ticket.",
	ReasonListing:           "More incidents were added to the shared ticket.",
	ReasonListed:            "This incident is listed in the shared ticket.",
	ReasonOverInShared:      "The alert stopped firing. The shared ticket stays open until all alerts listed in it have recovered.",
	ReasonInvestigateAsked:  "An operator clicked Investigate, so a ticket is being created, whatever the severity and the filing flag.",
	ReasonInvestigateJoined: "An operator clicked Investigate. The surface already has an incident, and its ticket is used.",
	ReasonInvestigateOff:    "Investigate is switched off (flag investigate.from_status).",
	ReasonTookUp: "The alert fired again. The earlier ticket is still open or, if it was closed recently, was reopened " +
		"(policies.reopen_within), so it is used.",
	ReasonMerged: "A person merged the ticket into another one, which is now the incident's ticket.",
	ReasonTicketMissing: "The help desk no longer has the ticket, and no person is known to have deleted it. It is filed again with the " +
		"same mark.",
	ReasonTwinClosed:    "The help desk had two tickets with this incident's mark. One is kept; the other got a note and was closed.",
	ReasonOrphanAdopted: "The help desk had a ticket with this incident's mark that Docket did not know of. It is now the incident's ticket.",
	ReasonTagsMissing:   "The ticket lacked its tags, so they are being added again.",
	ReasonAcknowledged:  "Somebody acknowledged the incident.",
	ReasonNothing:       "Nothing to do.",
	ReasonStale:         "This response belongs to an earlier attempt, and Docket already knows more.",
}

// Sentence says the reason for people.
func (r Reason) Sentence() string {
	if s, ok := sentences[r]; ok {
		return s
	}
	return string(r)
}
