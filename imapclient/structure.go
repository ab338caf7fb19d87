package imapclient

import (
	"strings"

	imap "github.com/emersion/go-imap/v2"
)

const (
	maxParts  = 1000 // of one multipart
	maxParams = 100
)

// parseStructure reads a body, RFC 9051 §7.5.2 and §9.
func parseStructure(s *scanner, depth int) (imap.BodyStructure, error) {
	if depth > maxDepth {
		return nil, errDepth
	}
	if !s.take('(') {
		return nil, errSyntax
	}
	if s.spaces(); s.peek() == '(' {
		return parseMultipart(s, depth)
	}
	return parseSinglePart(s, depth)
}

func parseMultipart(s *scanner, depth int) (imap.BodyStructure, error) {
	bs := &imap.BodyStructureMultiPart{}
	for s.spaces(); s.peek() == '('; s.spaces() {
		child, err := parseStructure(s, depth+1)
		if err != nil {
			return nil, err
		}
		if len(bs.Children) == maxParts {
			return nil, errDepth
		}
		bs.Children = append(bs.Children, child)
	}
	subtype, err := s.str()
	if err != nil {
		return nil, err
	}
	bs.Subtype = text(subtype)
	if s.take(')') {
		return bs, nil
	}
	ext := &imap.BodyStructureMultiPartExt{}
	bs.Extended = ext
	if ext.Params, err = parseParams(s); err != nil {
		return nil, err
	}
	ext.Disposition, ext.Language, ext.Location, err = parseExtension(s)
	return bs, err
}

func parseSinglePart(s *scanner, depth int) (imap.BodyStructure, error) {
	bs := &imap.BodyStructureSinglePart{}
	var err error
	str := func() (out string) {
		if err == nil {
			var raw []byte
			raw, err = s.str()
			out = text(raw)
		}
		return out
	}
	bs.Type, bs.Subtype = str(), str()
	if err == nil {
		bs.Params, err = parseParams(s)
	}
	bs.ID, bs.Description, bs.Encoding = str(), str(), str()
	if err == nil {
		bs.Size, err = s.number32()
	}
	if err == nil {
		err = parseKind(s, bs, depth)
	}
	if err != nil {
		return nil, err
	}
	if s.take(')') {
		return bs, nil
	}
	ext := &imap.BodyStructureSinglePartExt{}
	bs.Extended = ext
	if _, err := s.str(); err != nil { // MD5
		return nil, err
	}
	ext.Disposition, ext.Language, ext.Location, err = parseExtension(s)
	return bs, err
}

// parseKind reads what only texts and enclosed messages have.
func parseKind(s *scanner, bs *imap.BodyStructureSinglePart, depth int) error {
	s.spaces()
	switch media := bs.MediaType(); {
	case s.peek() == ')':
		return nil
	case media == "message/rfc822" || media == "message/global":
		if s.peek() != '(' {
			return nil // sent as any other part
		}
		return parseEnclosed(s, bs, depth)
	case strings.EqualFold(bs.Type, "text"):
		lines, err := s.number()
		bs.Text = &imap.BodyStructureText{NumLines: int64(lines)}
		return err
	}
	return nil
}

func parseEnclosed(s *scanner, bs *imap.BodyStructureSinglePart, depth int) error {
	if err := s.skip(); err != nil { // the envelope
		return err
	}
	enclosed := &imap.BodyStructureMessageRFC822{}
	s.spaces()
	if strings.HasPrefix(string(s.rest()), "()") || s.peek() != '(' {
		if err := s.skip(); err != nil {
			return err
		}
	} else {
		inner, err := parseStructure(s, depth+1)
		if err != nil {
			return err
		}
		enclosed.BodyStructure = inner
	}
	lines, err := s.number()
	enclosed.NumLines = int64(lines)
	bs.MessageRFC822 = enclosed
	return err
}

// parseExtension reads disposition, language and location, as many as there
// are, and passes over what a later standard may add.
func parseExtension(s *scanner) (disp *imap.BodyStructureDisposition, lang []string, location string, err error) {
	if s.take(')') {
		return nil, nil, "", nil
	}
	if disp, err = parseDisposition(s); err != nil || s.take(')') {
		return disp, nil, "", err
	}
	if lang, err = parseLanguages(s); err != nil || s.take(')') {
		return disp, lang, "", err
	}
	raw, err := s.str()
	if err != nil {
		return disp, lang, "", err
	}
	location = text(raw)
	for !s.take(')') {
		if err := s.skip(); err != nil {
			return disp, lang, location, err
		}
	}
	return disp, lang, location, nil
}

func parseDisposition(s *scanner) (*imap.BodyStructureDisposition, error) {
	if s.spaces(); s.peek() != '(' {
		raw, err := s.str()
		if err != nil || raw == nil {
			return nil, err
		}
		return &imap.BodyStructureDisposition{Value: text(raw)}, nil
	}
	s.take('(')
	raw, err := s.str()
	if err != nil {
		return nil, err
	}
	d := &imap.BodyStructureDisposition{Value: text(raw)}
	if s.take(')') {
		return d, nil
	}
	if d.Params, err = parseParams(s); err != nil {
		return nil, err
	}
	if !s.take(')') {
		return nil, errSyntax
	}
	return d, nil
}

func parseLanguages(s *scanner) ([]string, error) {
	if !s.take('(') {
		raw, err := s.str()
		if err != nil || raw == nil {
			return nil, err
		}
		return []string{text(raw)}, nil
	}
	var out []string
	for !s.take(')') {
		raw, err := s.str()
		if err != nil {
			return nil, err
		}
		if len(out) < maxParams {
			out = append(out, text(raw))
		}
	}
	return out, nil
}

// parseParams reads "(name value …)" or NIL; names are in lower case.
func parseParams(s *scanner) (map[string]string, error) {
	if !s.take('(') {
		_, err := s.str()
		return nil, err
	}
	params := map[string]string{}
	for !s.take(')') {
		name, err := s.str()
		if err != nil {
			return nil, err
		}
		value, err := s.str()
		if err != nil {
			return nil, err
		}
		if len(params) < maxParams {
			params[strings.ToLower(text(name))] = text(value)
		}
	}
	return params, nil
}

func text(raw []byte) string { return strings.ToValidUTF8(string(raw), "\uFFFD") }
