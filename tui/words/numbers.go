package words

import (
	"fmt"
	"strconv"
	"strings"
)

// Size writes a number of bytes with at most one decimal: 184 KB, 2.1 MB.
func Size(n int64) string {
	switch {
	case n < 0:
		return "?"
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 999_500:
		return fmt.Sprintf("%d KB", (n+500)/1000)
	case n < 999_950_000:
		return trimZero(float64(n)/1e6) + " MB"
	}
	return trimZero(float64(n)/1e9) + " GB"
}

func trimZero(f float64) string { return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0") }
