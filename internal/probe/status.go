package probe

import (
	"fmt"
	"strconv"
	"strings"
)

// statuses are ranges of HTTP statuses.
type statuses struct {
	ranges [][2]int
	words  string
}

// parseStatuses parses words such as 200, 2xx and 200-299.
func parseStatuses(words []string) (statuses, error) {
	s := statuses{words: oneOf(words)}
	for _, word := range words {
		from, to, ok := parseStatus(word)
		if !ok {
			return statuses{}, fmt.Errorf("has %q, which is not a status: write 200, 2xx or 200-299", word)
		}
		s.ranges = append(s.ranges, [2]int{from, to})
	}
	return s, nil
}

func parseStatus(word string) (from, to int, ok bool) {
	if class, isClass := strings.CutSuffix(strings.ToLower(word), "xx"); isClass {
		n, err := strconv.Atoi(class)
		return n * 100, n*100 + 99, err == nil && n >= 1 && n <= 5
	}
	first, last, isRange := strings.Cut(word, "-")
	if !isRange {
		last = first
	}
	from, err1 := strconv.Atoi(first)
	to, err2 := strconv.Atoi(last)
	return from, to, err1 == nil && err2 == nil && from >= 100 && from <= to && to <= 599
}

func (s statuses) has(status int) bool {
	for _, r := range s.ranges {
		if r[0] <= status && status <= r[1] {
			return true
		}
	}
	return false
}

// String returns the statuses as they were written.
func (s statuses) String() string { return s.words }
