// Package github is the desk that files issues into GitHub repositories, on github.com and on
// GitHub Enterprise Server, through the REST API.
//
// A ticket is an issue; its id is `owner/name/issues/number`, because routes may file into
// several repositories. Notes are comments, tags are labels, and what a person sees is Docket's
// text character for character, in a code block: it mentions nobody, links nothing and is no HTML.
//
// Every answer is named in one pure function, classify: whether the call took effect, what went
// wrong, and what a person can do about it. The package never retries a change, follows a redirect
// only by building the new address from its own base, keeps to the pace that GitHub asks for, and
// lets no secret into an error. Its invariant: "no ticket" is only ever the answer of a list that
// was read to its end, or of a search about issues that are too old for the search to lag behind.
package github
