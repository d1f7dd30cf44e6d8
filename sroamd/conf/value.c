/* SPDX-License-Identifier: ISC */
/* Texts of the configuration are parsed to values. */
#include <sha2.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/field.h"
#include "conf/value.h"

#define SECRET_MIN	16u		/* octets */
#define SECRET_DIFFERENT 8u

typedef int	 parse_fn(void *at, const char *, char *why);

static parse_fn	 parse_id, parse_path, parse_domain, parse_uri, parse_ifname,
		 parse_key, parse_addr, parse_v4, parse_mac, parse_prefix,
		 parse_pool, parse_nat64, parse_gateway, parse_leased,
		 parse_source, parse_port, parse_host, parse_psk,
		 parse_network;
static int	parse_number(const char *, uint32_t *);
static int	parse_masked(void *, const char *, const uint8_t[4], char *);
static int	parse_length(const char *, struct prefix *, const uint8_t[4],
		    char *);

/* Lengths of IPv4, of IPv6: the least and the greatest. */
static const uint8_t	any_length[4] = { 0, 32, 0, 128 };
static const uint8_t	pool_length[4] = { POOL4_SHORTEST, POOL4_LONGEST,
			    POOL6_SHORTEST, POOL6_LONGEST };

/* Texts of a row, and numbers (the row has their range), are not here. */
static parse_fn	*const parsers[] = {
	[CONF_TYPE_ID] = parse_id,
	[CONF_TYPE_PATH] = parse_path,
	[CONF_TYPE_DOMAIN] = parse_domain,
	[CONF_TYPE_URI] = parse_uri,
	[CONF_TYPE_IFNAME] = parse_ifname,
	[CONF_TYPE_NETWORK] = parse_network,
	[CONF_TYPE_KEY] = parse_key,
	[CONF_TYPE_ADDR] = parse_addr,
	[CONF_TYPE_V4] = parse_v4,
	[CONF_TYPE_MAC] = parse_mac,
	[CONF_TYPE_PREFIX] = parse_prefix,
	[CONF_TYPE_POOL] = parse_pool,
	[CONF_TYPE_NAT64] = parse_nat64,
	[CONF_TYPE_GATEWAY] = parse_gateway,
	[CONF_TYPE_LEASED] = parse_leased,
	[CONF_TYPE_SOURCE] = parse_source,
	[CONF_TYPE_PORT] = parse_port,
	[CONF_TYPE_HOST] = parse_host,
	[CONF_TYPE_PSK] = parse_psk
};

int
conf_value(enum conf_type type, void *at, const char *text, char *why)
{
	return parsers[type](at, text, why);
}

int
conf_wrong(char *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, CONF_WHY, fmt, ap);
	va_end(ap);
	return -1;
}

static int
parse_number(const char *text, uint32_t *n)
{
	unsigned long long v;
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 10 || text[digits] != '\0')
		return -1;
	if ((v = strtoull(text, NULL, 10)) > UINT32_MAX)
		return -1;
	*n = v;
	return 0;
}

/*
 * 90m, 1h30m, 250ms.  A number without unit is seconds where seconds are
 * stored.  Where milliseconds are, it is refused: either unit could be meant.
 */
int
conf_value_time(const char *text, bool ms, uint32_t *result, char *why)
{
	static const struct {
		const char	*name;
		uint32_t	 ms;
	} units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 },
		{ "d", 86400000 }
	};
	const char *p = text;
	uint64_t sum = 0, n;
	size_t digits, letters, i;

	do {
		digits = strspn(p, "0123456789");
		if (digits == 0 || digits > 10)
			goto bad;
		n = strtoull(p, NULL, 10);
		p += digits;
		letters = strcspn(p, "0123456789");
		if (letters == 0) {
			if (ms)
				return conf_wrong(why, "no unit, write %.10sms "
				    "or %.10ss", text, text);
			if (p != text + digits)
				goto bad;
			sum = n * 1000;
			break;
		}
		for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
			if (strlen(units[i].name) == letters &&
			    strncmp(p, units[i].name, letters) == 0)
				break;
		}
		if (i == sizeof(units) / sizeof(units[0]) ||
		    (i == 0 && !ms))
			goto bad;
		sum += n * units[i].ms;
		if (sum > UINT32_MAX * 1000ull)
			return conf_wrong(why, "too long");
		p += letters;
	} while (*p != '\0');
	n = ms ? sum : sum / 1000;
	if (n > UINT32_MAX)
		return conf_wrong(why, "too long");
	*result = n;
	return 0;
 bad:
	return conf_wrong(why, "not a time, write a number and a unit: %s",
	    ms ? "250ms, 2s" : "30s, 90m, 12h, 7d");
}

/* hex: and 64 digits are the key itself; any other text is hashed. */
static int
parse_key(void *at, const char *text, char *why)
{
	uint8_t *key = at;
	SHA2_CTX ctx;
	char pair[3] = "";
	size_t i;

	if (text[0] == '\0')
		return conf_wrong(why, "empty, write any text that all routers "
		    "share");
	if (strncmp(text, "hex:", 4) != 0) {
		SHA256Init(&ctx);
		SHA256Update(&ctx, (const uint8_t *)text, strlen(text));
		SHA256Final(key, &ctx);
		explicit_bzero(&ctx, sizeof(ctx));
		return 0;
	}
	text += 4;
	if (strlen(text) != 64 ||
	    strspn(text, "0123456789abcdefABCDEF") != 64)
		return conf_wrong(why, "write 64 hexadecimal digits behind "
		    "hex:");
	for (i = 0; i < 32; i++) {
		memcpy(pair, text + 2 * i, 2);
		key[i] = strtoul(pair, NULL, 16);
	}
	return 0;
}

int
conf_value_number(const char *text, uint32_t min, uint32_t max, uint32_t *n,
    char *why)
{
	if (parse_number(text, n) == -1 || *n < min || *n > max)
		return conf_wrong(why, "write a number of %u to %u", min, max);
	return 0;
}

static int
parse_v4(void *at, const char *text, char *why)
{
	struct addr *addr = at;

	if (addr_parse(text, addr) == -1 || !addr_is_v4(addr))
		return conf_wrong(why, "not an IPv4 address");
	return 0;
}

int
conf_value_hex(const char *text, uint8_t *octets, size_t max, size_t *len,
    char *why)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	char pair[3] = "";

	for (*len = 0; *text != '\0'; (*len)++) {
		if (*len > 0 && *text == ':')
			text++;
		if (strspn(text, hex) < 2)
			return conf_wrong(why, "write pairs of hexadecimal "
			    "digits, such as 01:a2:ff");
		if (*len == max)
			return conf_wrong(why, "at most %zu octets fit", max);
		memcpy(pair, text, 2);
		octets[*len] = strtoul(pair, NULL, 16);
		text += 2;
	}
	if (*len == 0)
		return conf_wrong(why, "empty, write hexadecimal digits");
	return 0;
}

static int
parse_addr(void *at, const char *text, char *why)
{
	struct addr *addr = at;

	if (addr_parse(text, addr) == -1)
		return conf_wrong(why, "not an IPv4 or IPv6 address");
	return 0;
}

/* A text in the form of an address is not a name, but a wrong address. */
static int
parse_host(void *at, const char *text, char *why)
{
	char *host = at;
	const char *label = text, *p;
	bool letter = false;

	if (strlen(text) >= CONF_HOST - 2)
		return conf_wrong(why, "%zu octets, a name has at most %u",
		    strlen(text), CONF_HOST - 3);
	for (p = text; *p != '\0'; p++) {
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX"
		    "YZ0123456789-_.", *p) == NULL)
			return conf_wrong(why, "neither an address nor the "
			    "name of a host");
		if (*p != '.') {
			letter = letter || *p < '0' || *p > '9';
			continue;
		}
		if (p == label || p - label > 63)
			return conf_wrong(why, "between dots a name has 1 to "
			    "63 octets");
		if (p[1] == '\0')
			break;
		label = p + 1;
		letter = false;
	}
	if (!letter)
		return conf_wrong(why, "not an address, and the name of a host "
		    "does not end in a number");
	if (strlen(label) > 64 || *label == '-')
		return conf_wrong(why, "not the name of a host");
	memset(host, 0, CONF_HOST);
	strlcpy(host, text, CONF_HOST);
	return 0;
}

static int
parse_prefix(void *at, const char *text, char *why)
{
	return parse_masked(at, text, any_length, why);
}

static int
parse_pool(void *at, const char *text, char *why)
{
	return parse_masked(at, text, pool_length, why);
}

/* `lengths` are what an error names; others pass here. */
static int
parse_masked(void *at, const char *text, const uint8_t lengths[4], char *why)
{
	struct prefix *prefix = at;
	struct prefix whole;

	if (strchr(text, '/') == NULL) {
		if (addr_parse(text, &prefix->addr) == -1)
			return conf_wrong(why, "not a prefix, write one such "
			    "as 192.168.44.0/24 or 2001:db8:1234::/48");
		return conf_wrong(why, "no length, write %s/%u", text,
		    addr_is_v4(&prefix->addr) ? 24 : 48);
	}
	if (parse_length(text, prefix, lengths, why) == -1)
		return -1;
	whole = *prefix;
	prefix_mask(prefix);
	if (prefix_cmp(&whole, prefix) != 0)
		return conf_wrong(why, "bits beyond /%u are set, write %s",
		    prefix_plen(prefix), prefix_text(prefix));
	return 0;
}

static int
parse_leased(void *at, const char *text, char *why)
{
	struct prefix *prefix = at;

	if (parse_prefix(prefix, text, why) == -1)
		return -1;
	return prefix->len != 0 ? 0 : conf_wrong(why, "write a prefix of one "
	    "station, such as a /64");
}

/* A prefix, or the address of a single router. */
static int
parse_source(void *at, const char *text, char *why)
{
	struct prefix *prefix = at;
	struct addr addr;

	if (addr_parse(text, &addr) == -1)
		return parse_prefix(prefix, text, why);
	prefix_host(prefix, &addr);
	return 0;
}

/*
 * An address and its prefix length; bits beyond the length stay.  Default is
 * no route to the stations in IPv4 (/32), and the usual /64 in IPv6.
 */
static int
parse_gateway(void *at, const char *text, char *why)
{
	struct prefix *prefix = at;

	if (strchr(text, '/') != NULL)
		return parse_length(text, prefix, any_length, why);
	if (parse_addr(&prefix->addr, text, why) == -1)
		return -1;
	prefix->len = addr_is_v4(&prefix->addr) ? 128 : 64;
	return 0;
}

static int
parse_length(const char *text, struct prefix *prefix,
    const uint8_t lengths[4], char *why)
{
	const char *slash = strchr(text, '/');
	char addr[ADDR_TEXT];
	uint32_t len;
	bool v4;

	if ((size_t)(slash - text) >= sizeof(addr))
		return conf_wrong(why, "not an IPv4 or IPv6 address");
	memcpy(addr, text, slash - text);
	addr[slash - text] = '\0';
	if (addr_parse(addr, &prefix->addr) == -1)
		return conf_wrong(why, "%s is not an IPv4 or IPv6 address%s",
		    addr,
		    strchr(addr, ':') == NULL ? ", write all four octets" : "");
	v4 = addr_is_v4(&prefix->addr);
	if (parse_number(slash + 1, &len) == -1 ||
	    len > any_length[v4 ? 1 : 3])
		return conf_wrong(why, "length %.8s, write /%u to /%u", slash,
		    lengths[v4 ? 0 : 2], lengths[v4 ? 1 : 3]);
	prefix->len = v4 ? len + V4_PLEN : len;
	return 0;
}

static int
parse_id(void *at, const char *text, char *why)
{
	struct router_id *id = at;

	if (router_id_parse(text, id) == -1)
		return conf_wrong(why, "not a router id, write eight octets "
		    "such as 02:00:5e:00:53:00:00:01");
	return 0;
}

static int
parse_mac(void *at, const char *text, char *why)
{
	struct mac *mac = at;
	static const struct mac none;

	if (mac_parse(text, mac) == -1)
		return conf_wrong(why, "not a MAC address, write six octets "
		    "such as 02:00:5e:00:53:44");
	if (mac_cmp(mac, &none) == 0)
		return conf_wrong(why, "write a unicast address such as "
		    "02:00:5e:00:53:44");
	return 0;
}

static int
parse_port(void *at, const char *text, char *why)
{
	uint16_t *port = at;
	uint32_t n;

	if (parse_number(text, &n) == -1 || n < 1 || n > UINT16_MAX)
		return conf_wrong(why, "not a port, write 1 to 65535");
	*port = n;
	return 0;
}

/* The kernel's rules for names: dev_valid_name() in net/core/dev.c. */
static int
parse_ifname(void *at, const char *text, char *why)
{
	char *name = at;
	size_t len = strlen(text);

	if (len == 0 || len > 15)
		return conf_wrong(why, "%zu octets, names of interfaces have 1 "
		    "to 15", len);
	if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0 ||
	    text[strcspn(text, "/: \t")] != '\0')
		return conf_wrong(why, "no interface can have this name");
	memset(name, 0, 16);
	memcpy(name, text, len);
	return 0;
}

static int
parse_network(void *at, const char *text, char *why)
{
	char *name = at;
	size_t len = strlen(text);

	if (len == 0 || len >= NETWORK_NAME_MAX || strspn(text,
	    "abcdefghijklmnopqrstuvwxyz0123456789_-") != len)
		return conf_wrong(why, "write a name of 1 to %d letters in "
		    "lower case, digits, - and _", NETWORK_NAME_MAX - 1);
	memset(name, 0, NETWORK_NAME_MAX);
	memcpy(name, text, len);
	return 0;
}

/*
 * Random octets have at most 128 bits of entropy in 16 octets, and many
 * different values.
 */
int
conf_value_secret(const void *data, size_t len, char *why)
{
	const uint8_t *octets = data;
	bool seen[256] = { false };
	unsigned int different = 0;
	size_t i;

	if (len < SECRET_MIN)
		return conf_wrong(why, "%zu octets, too few to be a secret, "
		    "write at least %u, such as \"openssl rand -hex 32\" gives",
		    len, SECRET_MIN);
	for (i = 0; i < len; i++) {
		if (!seen[octets[i]])
			different++;
		seen[octets[i]] = true;
	}
	if (different < SECRET_DIFFERENT)
		return conf_wrong(why, "%u different characters, too easy to "
		    "be a secret, write what \"openssl rand -hex 32\" gives",
		    different);
	return 0;
}

int
conf_value_text(const char *text, char *at, size_t size, size_t max, char *why)
{
	if (strlen(text) > max)
		return conf_wrong(why, "%zu octets, at most %zu fit",
		    strlen(text), max);
	memset(at, 0, size);
	strlcpy(at, text, size);
	return 0;
}

static int
parse_psk(void *at, const char *value, char *why)
{
	char *text = at;

	if (strncmp(value, "file:", 5) == 0) {
		if (value[5] != '/')
			return conf_wrong(why, "the file's path is not "
			    "absolute, write \"file:/path\"");
	} else if (conf_value_secret(value, strlen(value), why) == -1)
		return -1;
	return conf_value_text(value, text, CONF_PATH, CONF_PATH - 1, why);
}

static int
parse_path(void *at, const char *value, char *why)
{
	char *path = at;

	if (value[0] != '/')
		return conf_wrong(why, "not absolute, write a path that begins "
		    "with /");
	return conf_value_text(value, path, CONF_PATH, CONF_PATH - 1, why);
}

/* RFC 1035 2.3.4: labels of 63 octets, and 255 on the wire in total. */
static int
parse_domain(void *at, const char *text, char *why)
{
	char *domain = at;
	const char *p = text;
	size_t label, len = strlen(text);

	if (len > 0 && text[len - 1] == '.')
		len--;		/* all of them are absolute */
	if (len == 0 || len > 253)
		return conf_wrong(why, "%zu octets, a domain has 1 to 253",
		    len);
	for (; p < text + len; p += label + 1) {
		label = strspn(p, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
		if (label == 0 || label > 63 ||
		    (p + label < text + len && p[label] != '.'))
			return conf_wrong(why, "not a domain, write one such "
			    "as example.org");
	}
	if (p == text + len)
		return conf_wrong(why, "ends in an empty label, remove one "
		    "dot");
	memset(domain, 0, CONF_DOMAIN);
	memcpy(domain, text, len);
	return 0;
}

/* RFC 8910 2: https, and of a length that fits into DHCP's option. */
static int
parse_uri(void *at, const char *text, char *why)
{
	char *uri = at;
	const char *p;

	if (strncmp(text, "https://", 8) != 0 || text[8] == '\0')
		return conf_wrong(why, "write a URI that begins with https://");
	for (p = text; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || strchr("\"<>\\^`{|}", *p) != NULL)
			return conf_wrong(why, "no URI has such a character, "
			    "write %%%02X for it", (unsigned char)*p);
	return conf_value_text(text, uri, CONF_URI, CONF_URI - 1, why);
}

/* RFC 6052 2.2 names the lengths, RFC 8781 4 has a code for each. */
static int
parse_nat64(void *at, const char *text, char *why)
{
	struct prefix *prefix = at;
	struct prefix p;

	if (parse_prefix(&p, text, why) == -1)
		return -1;
	if (prefix_is_v4(&p) || (p.len != 32 && p.len != 40 && p.len != 48 &&
	    p.len != 56 && p.len != 64 && p.len != 96))
		return conf_wrong(why, "write an IPv6 prefix with a length of "
		    "/96, /64, /56, /48, /40 or /32, such as 64:ff9b::/96");
	*prefix = p;
	return 0;
}
