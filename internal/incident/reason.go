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
	ReasonTicketAsked:    "The alert is severe enough for a ticket, and none was asked for yet: one ticket was asked for.",
	ReasonBelowTicketAt:  "No ticket: the severity is milder than the one from which tickets are filed (policies.ticket_at).",
	ReasonFilingOff:      "No ticket: filing is switched off (flag alerts.auto_ticket).",
	ReasonMuted:          "No ticket yet: a silence mutes this alert.",
	ReasonHeld:           "Waiting: the alert must go on firing for the hold time before its incident opens (policies.hold).",
	ReasonMaybeStale:     "Waiting: this may be a late repeat of an alert that has ended; if nobody ends it again soon, it is believed.",
	ReasonEndedWhileHeld: "No ticket: the alert ended before its hold time was over.",
	ReasonJoined:         "Another alert of the same problem joined the open incident; it shares its ticket.",
	ReasonOthersFire:     "One alert of the incident ended; others still fire, so the incident stays open.",
	ReasonWorse:          "The severity got worse.",
	ReasonSettling:       "The alert stopped firing; it counts as recovered once it has been quiet for the settle time (policies.settle).",
	ReasonFlapped:        "The alert fired again within the settle time; the same incident goes on.",
	ReasonRecovered:      "The alert stopped firing. The ticket stays open until a person closes it.",
	ReasonOver:           "The alert stopped firing, and there is no open ticket: the incident is over.",
	ReasonFiredAgain:     "The alert fired again; the desk is asked whether the ticket is still open.",
	ReasonFlapNoted:      "The ticket is still open: the alert firing again is told in a note, no second ticket.",
	ReasonNoteCoalesced:  "The ticket is still open; it was noted a short while ago, so the next note will tell the count.",
	ReasonNoteMuted:      "The ticket is left alone while a silence mutes this alert; what happened is told once it is over.",
	ReasonTicketFiled:    "The ticket was filed and read back from the desk.",
	ReasonTicketAdopted:  "A ticket with this incident's mark was found in the desk and taken as its ticket.",
	ReasonNotSent:        "The desk could not be reached; surely nothing was created, so it is tried again.",
	ReasonHeldBack:       "Many calls were waiting for their turn (freescout.rate); this one comes again in a moment.",
	ReasonRefused:        "The desk refused; it is tried again slowly, but a person has to mend the cause.",
	ReasonLookFailed:     "The desk could not be asked whether it is done; nothing is sent, and the desk is asked again.",
	ReasonUnknown: "The desk's answer was lost: the ticket may exist. It is looked for once the desk's wait-out time is over, " +
		"and not sent again before.",
	ReasonNotFound:       "The ticket was looked for after the wait-out time and is not there: it is sent again under the same mark.",
	ReasonCreated:        "The desk says that it created the ticket; it is read back before it counts as filed.",
	ReasonVanished:       "The desk said that it created the ticket, but shows none: it is looked for again after the wait-out time.",
	ReasonSending:        "The request is about to be sent.",
	ReasonTwin:           "A second ticket with the same mark was seen; the first one is kept.",
	ReasonDone:           "Done.",
	ReasonClosedByPerson: "The ticket was closed in the desk; that is respected.",
	ReasonClosedByPolicy: "The alert had recovered and the ticket was closed, as policies.on_recovery says.",
	ReasonTicketOpen:     "The ticket is still open in the desk.",
	ReasonFreshEpisode:   "The earlier ticket was closed after the alert had recovered: a fresh ticket that links it was asked for.",
	ReasonTicketGone:     "The ticket is not in the desk any more; that counts as closed.",
	ReasonStorm:          "More new tickets than policies.storm allows were asked for: this alert is listed in the storm's ticket.",
	ReasonDigest: "The alert fired and recovered while the help desk was away: it is listed in the outage's digest ticket " +
		"(policies.backfill).",
	ReasonNoBackfill:        "No ticket: the alert fired and recovered while the help desk was away (policies.backfill: active).",
	ReasonShared:            "This incident stands for several, which share its ticket.",
	ReasonListing:           "More incidents are listed in the shared ticket.",
	ReasonListed:            "The shared ticket lists this incident.",
	ReasonOverInShared:      "The alert stopped firing; it shares a ticket, which stays open until all that it lists are over.",
	ReasonInvestigateAsked:  "An operator clicked Investigate: one ticket was asked for, whatever the severity and the filing flag say.",
	ReasonInvestigateJoined: "An operator clicked Investigate; the surface's incident has its ticket, or one was asked for, and shares it.",
	ReasonInvestigateOff:    "Investigate is switched off (flag investigate.from_status).",
	ReasonTookUp: "The alert fired again, and the earlier ticket is open, or was closed so lately that it was opened again " +
		"(policies.reopen_within): it goes on there.",
	ReasonMerged: "A person merged the ticket into another one: that one is the incident's ticket now.",
	ReasonTicketMissing: "The desk does not have the ticket any more, and nobody is known to have deleted it: it is filed again under the " +
		"same mark.",
	ReasonTwinClosed:    "The desk had two tickets with this incident's mark: one is kept, the other is noted and closed.",
	ReasonOrphanAdopted: "The desk had a ticket with this incident's mark that was not known of: it is the incident's ticket now.",
	ReasonTagsMissing:   "The ticket lacked its tags: they are put on once more.",
	ReasonAcknowledged:  "Somebody has taken the incident up.",
	ReasonNothing:       "Nothing to do.",
	ReasonStale:         "The answer belongs to an attempt that is over; what is known is newer.",
}

// Sentence says the reason for people.
func (r Reason) Sentence() string {
	if s, ok := sentences[r]; ok {
		return s
	}
	return string(r)
}
