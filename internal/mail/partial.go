package mail

// Partial is a large message of which parts were left at the server.
type Partial struct {
	// Raw has the header, the structure and what was fetched, put together as a
	// message in which the other parts are empty. It is nobody's message, and goes
	// nowhere but into reading.ParsePartial.
	Raw  []byte
	Away []AwayPart
	// Parts are those of Away that have come since, by path, as they are encoded.
	Parts map[string][]byte
}

// AwayPart is a part that was left at the server.
type AwayPart struct {
	Path string `json:"path"` // RFC 9051 §6.4.5
	Size int64  `json:"size"` // as it is encoded; 0: not known
}

// WholePart is the path that stands for the whole message.
const WholePart = ""

// PartState is how far the fetching of a part is.
type PartState struct {
	Path   string
	Size   int64 // as it is encoded; 0: not known
	Got    int64
	Wanted bool
	Done   bool
	Failed string // why it could not be had, in words
}
