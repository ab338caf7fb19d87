package compose

// draftField is how fields begin that only a draft in a Drafts folder has; in
// lower case. No message goes out with one.
const draftField = "x-postea-"
