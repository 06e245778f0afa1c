package probe

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"docket/internal/surface"
)

// DNS queries a name server.
type DNS struct {
	// The name to ask for. For the type PTR it may be an IP address.
	Name string `yaml:"name"`
	// The type of the record: A, AAAA, CNAME, MX, NS, PTR, SOA, SRV or TXT. Unless set, it is A.
	Type string `yaml:"type"`
	// The server to ask, host:port. Unless set, it is the machine's own.
	Resolver string `yaml:"resolver"`
	// Values that must all be among the answers. An MX may be written with its preference (10 mail.example.org) or
	// without.
	Expect []string `yaml:"expect"`
	// Whether no other value may be among the answers.
	Only bool `yaml:"only"`
	// The surface is degraded when the answer takes longer. 0 is any time.
	DegradedOver time.Duration `yaml:"degraded_over"`
	// The surface is down when the answer takes longer. 0 is any time.
	DownOver time.Duration `yaml:"down_over"`
	// Whether the probe may ask addresses at which clouds hand out credentials. The machine's own resolver may always
	// be at one: in Google's cloud it is.
	AllowMetadata bool `yaml:"allow_metadata"`
}

// recordTypes are the supported record types.
var recordTypes = map[string]dnsmessage.Type{
	"A": dnsmessage.TypeA, "AAAA": dnsmessage.TypeAAAA, "CNAME": dnsmessage.TypeCNAME, "MX": dnsmessage.TypeMX, "NS": dnsmessage.TypeNS,
	"PTR": dnsmessage.TypePTR, "SOA": dnsmessage.TypeSOA, "SRV": dnsmessage.TypeSRV, "TXT": dnsmessage.TypeTXT,
}

func (d *DNS) target() string {
	if d.Resolver != "" {
		return d.kind() + " " + d.Name + " at " + d.Resolver
	}
	return d.kind() + " " + d.Name
}

func (d *DNS) kind() string {
	if d.Type == "" {
		return "A"
	}
	return strings.ToUpper(d.Type)
}

func (d *DNS) check(wrong *faults) {
	if _, err := d.question(); err != nil {
		wrong.add("dns.name", "must be a name such as example.org, in ASCII (xn--... for other characters)")
	}
	if _, known := recordTypes[d.kind()]; !known {
		wrong.add("dns.type", "must be one of "+oneOf(slices.Sorted(maps.Keys(recordTypes))))
	}
	if d.Resolver != "" {
		checkAddress(wrong, "dns.resolver", d.Resolver)
	}
	if slices.Contains(d.Expect, "") {
		wrong.add("dns.expect", "has an empty value")
	}
	if d.Only && len(d.Expect) == 0 {
		wrong.add("dns.only", "needs expect: the values to allow")
	}
	checkLimits(wrong, "dns", d.DegradedOver, d.DownOver)
}

// question is the query to send. For a PTR query, an IP address becomes its reverse name.
func (d *DNS) question() (dnsmessage.Question, error) {
	name := strings.TrimSuffix(d.Name, ".") + "."
	if ip, err := netip.ParseAddr(d.Name); err == nil && d.kind() == "PTR" {
		name = reverse(ip.Unmap())
	}
	plain := strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == ""
	if !plain || name == "." || strings.Contains(name, "..") || len(name) > 254 ||
		slices.ContainsFunc(strings.Split(name, "."), func(l string) bool { return len(l) > 63 }) {
		return dnsmessage.Question{}, errors.New("no name")
	}
	wire, err := dnsmessage.NewName(name)
	return dnsmessage.Question{Name: wire, Type: recordTypes[d.kind()], Class: dnsmessage.ClassINET}, err
}

func reverse(ip netip.Addr) string {
	name := ""
	if ip.Is4() {
		for _, b := range ip.As4() {
			name = strconv.Itoa(int(b)) + "." + name
		}
		return name + "in-addr.arpa."
	}
	for _, b := range ip.As16() {
		name = fmt.Sprintf("%x.%x.", b&15, b>>4) + name
	}
	return name + "ip6.arpa."
}

type dnsProbe struct {
	DNS

	question dnsmessage.Question
	dialer   *net.Dialer
	prober   *Prober
}

func (d *DNS) open(prober *Prober, on surface.Surface) (Probe, error) {
	question, err := d.question()
	if err != nil {
		return nil, err
	}
	return (&dnsProbe{*d, question, dialer(on.Timeout, d.AllowMetadata || d.Resolver == ""), prober}).read, nil
}

// read queries once, or a few times if no answer comes.
func (d *dnsProbe) read(ctx context.Context) surface.Reading {
	ctx, cancel := context.WithTimeout(ctx, d.dialer.Timeout)
	defer cancel()
	f := begin(d.prober.now)
	servers := []string{d.Resolver}
	if d.Resolver == "" {
		servers = ownResolvers()
	}
	answer, server, err := resolve(ctx, d.dialer, servers, d.question)
	f.fact("resolver", server)
	switch {
	case err != nil && d.Resolver == "" && errors.Is(err, syscall.ECONNREFUSED):
		f.unread("the machine's own resolver refuses connections" + at(" at ", err))
		return f.end()
	case err != nil:
		f.failed(ctx, err, errors.Is(err, errReached))
		return f.end()
	}
	f.answered(d.DegradedOver, d.DownOver)
	values := d.values(answer)
	f.fact("answer", strings.Join(values, ", "))
	d.judge(f, answer.RCode, values)
	return f.end()
}

// rcodes are descriptions of a server's error codes.
var rcodes = map[dnsmessage.RCode]string{
	dnsmessage.RCodeFormatError: "FORMERR", dnsmessage.RCodeServerFailure: "SERVFAIL", dnsmessage.RCodeNotImplemented: "NOTIMP",
	dnsmessage.RCodeRefused: "REFUSED",
}

func (d *dnsProbe) judge(f *finding, code dnsmessage.RCode, values []string) {
	switch {
	case code == dnsmessage.RCodeNameError:
		f.worse(surface.Down, "the name %s does not exist", d.Name)
	case code != dnsmessage.RCodeSuccess:
		word, known := rcodes[code]
		if !known {
			word = fmt.Sprintf("code %d", uint16(code))
		}
		f.worse(surface.Down, "the name server returned %s", word)
	case len(values) == 0:
		f.worse(surface.Down, "the name %s has no %s record", d.Name, d.kind())
	}
	for _, want := range d.Expect {
		if !slices.ContainsFunc(values, func(got string) bool { return d.same(got, want) }) {
			f.worse(surface.Down, "the response lacks %s: it has %s", want, strings.Join(values, ", "))
		}
	}
	for _, got := range values {
		if d.Only && !slices.ContainsFunc(d.Expect, func(want string) bool { return d.same(got, want) }) {
			f.worse(surface.Down, "the response has %s, which is not expected", got)
		}
	}
}

// same compares a received value with an expected one.
func (d *dnsProbe) same(got, want string) bool {
	switch d.kind() {
	case "TXT":
		return got == want
	case "A", "AAAA":
		a, err := netip.ParseAddr(want)
		return err == nil && a.String() == got
	case "MX":
		_, host, _ := strings.Cut(got, " ")
		if strings.EqualFold(host, strings.TrimSuffix(want, ".")) {
			return true
		}
	}
	return strings.EqualFold(got, strings.TrimSuffix(want, "."))
}

// values are the answers of the requested type, formatted for people and sorted.
func (d *dnsProbe) values(m dnsmessage.Message) []string {
	var all []string
	for _, a := range m.Answers {
		if a.Header.Type == d.question.Type {
			all = append(all, recordWords(a.Body))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func recordWords(body dnsmessage.ResourceBody) string {
	host := func(n dnsmessage.Name) string { return strings.TrimSuffix(n.String(), ".") }
	switch b := body.(type) {
	case *dnsmessage.AResource:
		return netip.AddrFrom4(b.A).String()
	case *dnsmessage.AAAAResource:
		return netip.AddrFrom16(b.AAAA).String()
	case *dnsmessage.CNAMEResource:
		return host(b.CNAME)
	case *dnsmessage.NSResource:
		return host(b.NS)
	case *dnsmessage.PTRResource:
		return host(b.PTR)
	case *dnsmessage.MXResource:
		return fmt.Sprintf("%d %s", b.Pref, host(b.MX))
	case *dnsmessage.SRVResource:
		return fmt.Sprintf("%d %d %d %s", b.Priority, b.Weight, b.Port, host(b.Target))
	case *dnsmessage.SOAResource:
		return fmt.Sprintf("%s %s %d", host(b.NS), host(b.MBox), b.Serial)
	case *dnsmessage.TXTResource:
		return strings.Join(b.TXT, "")
	}
	return "a record that Docket cannot read"
}
