// Package slack notifies people by direct messages in Slack.
//
// One message is posted (chat.postMessage to a user's id, which opens the conversation) and then updated
// (chat.update). Text from alerts is escaped, so that it can neither mention anybody nor forge a link.
// Redirects are not followed; the token is sent only to the configured address and never appears in an error.
package slack
