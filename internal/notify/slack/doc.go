// Package slack tells people by direct messages in Slack.
//
// One message is posted (chat.postMessage to a user's id, which opens the conversation) and
// from then on updated (chat.update). What alerts bring is escaped, so that it can neither
// mention anybody nor forge a link. No redirect is followed; the token is sent to the
// configured address only and is in no error.
package slack
