/* SPDX-License-Identifier: ISC */
#include <sha2.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "conf_field.h"

static int	wrong(char *, const char *, ...)
		    __attribute__((format(printf, 2, 3)));
static int	parse_number(const char *, uint32_t *);
static int	parse_time(const char *, bool, uint32_t *, char *);
static int	parse_key(const char *, uint8_t *, char *);
static int	parse_length(const char *, struct prefix *, char *);

static int
wrong(char *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, CONF_WHY, fmt, ap);
	va_end(ap);
	return -1;
}

/* Set one scalar.  Whether it is in its range is for conf_faults to say. */
int
conf_value_field(struct conf_global *global, enum conf_index index,
    const char *text, char *why)
{
	const struct conf_field *f = conf_field(index);
	char *at = (char *)global + f->offset;
	uint32_t n = 0;

	switch (f->type) {
	case CONF_TYPE_ID:
		if (router_id_parse(text, &global->router_id) == -1)
			return wrong(why, "not a router id, write eight octets "
			    "such as 02:00:5e:00:53:00:00:01");
		return 0;
	case CONF_TYPE_NAME:
	case CONF_TYPE_PATH:
		if (index == FIELD_STATE && strcmp(text, "none") == 0)
			text = "";
		if (strlen(text) > f->max)
			return wrong(why, "%zu octets, at most %u fit",
			    strlen(text), f->max);
		memset(at, 0, f->size);
		strlcpy(at, text, f->size);
		return 0;
	case CONF_TYPE_KEY:
		return parse_key(text, (uint8_t *)at, why);
	case CONF_TYPE_SECONDS:
	case CONF_TYPE_MS:
		if (parse_time(text, f->type == CONF_TYPE_MS, &n, why) == -1)
			return -1;
		break;
	case CONF_TYPE_NUMBER:
		if (parse_number(text, &n) == -1)
			return wrong(why, "not a number, write %u to %u",
			    f->min, f->max);
		break;
	case CONF_TYPE_CHOICE:
		for (n = 0; n < 2; n++) {
			if (strcmp(text, f->choice[n]) == 0)
				break;
		}
		if (n == 2)
			return wrong(why, "write %s or %s",
			    f->choice[1], f->choice[0]);
		break;
	}
	if (f->size == sizeof(n))
		memcpy(at, &n, sizeof(n));
	else
		*at = (char)n;
	return 0;
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
 * 90m, 1h30m, 250ms.  A bare number is seconds where seconds are kept, and
 * refused where milliseconds are, for one cannot know what was meant.
 */
static int
parse_time(const char *text, bool ms, uint32_t *result, char *why)
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
				return wrong(why, "no unit, write %.10sms or "
				    "%.10ss", text, text);
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
			return wrong(why, "too long a time");
		p += letters;
	} while (*p != '\0');
	n = ms ? sum : sum / 1000;
	if (n > UINT32_MAX)
		return wrong(why, "too long a time");
	*result = n;
	return 0;
 bad:
	return wrong(why, "not a time, write a number and a unit: %s",
	    ms ? "250ms, 2s" : "30s, 90m, 12h, 7d");
}

/* hex: and 64 digits are the key itself; any other text is hashed to it. */
static int
parse_key(const char *text, uint8_t *key, char *why)
{
	SHA2_CTX ctx;
	char pair[3] = "";
	size_t i;

	if (text[0] == '\0')
		return wrong(why, "empty, write any text that all routers "
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
		return wrong(why, "write 64 hexadecimal digits behind hex:");
	for (i = 0; i < 32; i++) {
		memcpy(pair, text + 2 * i, 2);
		key[i] = strtoul(pair, NULL, 16);
	}
	return 0;
}

int
conf_value_addr(const char *text, struct addr *addr, char *why)
{
	if (addr_parse(text, addr) == -1)
		return wrong(why, "not an IPv4 or IPv6 address");
	return 0;
}

/* What looks like an address is not a name: it was meant as one. */
int
conf_value_host(const char *text, char host[CONF_HOST], char *why)
{
	const char *label = text, *p;
	bool letter = false;

	if (strlen(text) >= CONF_HOST - 2)
		return wrong(why, "%zu octets, a name has at most %u",
		    strlen(text), CONF_HOST - 3);
	for (p = text; *p != '\0'; p++) {
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX"
		    "YZ0123456789-_.", *p) == NULL)
			return wrong(why, "neither an address nor the name of "
			    "a host");
		if (*p != '.') {
			letter = letter || *p < '0' || *p > '9';
			continue;
		}
		if (p == label || p - label > 63)
			return wrong(why, "between dots a name has 1 to 63 "
			    "octets");
		if (p[1] == '\0')
			break;
		label = p + 1;
		letter = false;
	}
	if (!letter)
		return wrong(why, "not an address, and the name of a host does "
		    "not end in a number");
	if (strlen(label) > 64 || *label == '-')
		return wrong(why, "not the name of a host");
	memset(host, 0, CONF_HOST);
	strlcpy(host, text, CONF_HOST);
	return 0;
}

int
conf_value_prefix(const char *text, struct prefix *prefix, char *why)
{
	struct prefix whole;

	if (strchr(text, '/') == NULL) {
		if (addr_parse(text, &prefix->addr) == -1)
			return wrong(why, "not a prefix, write one such as "
			    "192.168.44.0/24 or 2001:db8:1234::/48");
		return wrong(why, "no length, write %s/%u", text,
		    addr_is_v4(&prefix->addr) ? 24 : 48);
	}
	if (parse_length(text, prefix, why) == -1)
		return -1;
	whole = *prefix;
	prefix_mask(prefix);
	if (prefix_cmp(&whole, prefix) != 0)
		return wrong(why, "bits beyond /%u are set, write %s",
		    prefix_plen(prefix), prefix_text(prefix));
	return 0;
}

/*
 * An address and the length it is set with, whose bits beyond it stay.  A
 * gateway needs no route of its own to the stations in IPv4, and the usual
 * /64 in IPv6.
 */
int
conf_value_gateway(const char *text, struct prefix *prefix, char *why)
{
	if (strchr(text, '/') != NULL)
		return parse_length(text, prefix, why);
	if (conf_value_addr(text, &prefix->addr, why) == -1)
		return -1;
	prefix->len = addr_is_v4(&prefix->addr) ? 128 : 64;
	return 0;
}

static int
parse_length(const char *text, struct prefix *prefix, char *why)
{
	const char *slash = strchr(text, '/');
	char addr[ADDR_TEXT];
	uint32_t len, max;
	bool v4;

	if ((size_t)(slash - text) >= sizeof(addr))
		return wrong(why, "not an IPv4 or IPv6 address");
	memcpy(addr, text, slash - text);
	addr[slash - text] = '\0';
	if (addr_parse(addr, &prefix->addr) == -1)
		return wrong(why, "%s is not an IPv4 or IPv6 address%s", addr,
		    strchr(addr, ':') == NULL ? ", write all four octets" : "");
	v4 = addr_is_v4(&prefix->addr);
	max = v4 ? 32 : 128;
	if (parse_number(slash + 1, &len) == -1 || len > max)
		return wrong(why, "length %.8s, write /0 to /%u",
		    slash, max);
	prefix->len = v4 ? len + V4_PLEN : len;
	return 0;
}

int
conf_value_mac(const char *text, struct mac *mac, char *why)
{
	if (mac_parse(text, mac) == -1)
		return wrong(why, "not a MAC address, write six octets such "
		    "as 02:00:5e:00:53:44");
	return 0;
}

int
conf_value_port(const char *text, uint16_t *port, char *why)
{
	uint32_t n;

	if (parse_number(text, &n) == -1 || n < 1 || n > UINT16_MAX)
		return wrong(why, "not a port, write 1 to 65535");
	*port = n;
	return 0;
}

/* The kernel's rules for names: dev_valid_name() in net/core/dev.c. */
int
conf_value_ifname(const char *text, char name[16], char *why)
{
	size_t len = strlen(text);

	if (len == 0 || len > 15)
		return wrong(why, "%zu octets, names of interfaces have 1 to "
		    "15", len);
	if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0 ||
	    text[strcspn(text, "/: \t")] != '\0')
		return wrong(why, "no interface can have this name");
	memset(name, 0, 16);
	memcpy(name, text, len);
	return 0;
}

int
conf_value_source(const char *text, uint32_t *source, char *why)
{
	const char *name;
	uint32_t i;

	for (i = 0; (name = conf_source_name(i)) != NULL; i++) {
		if (strcmp(text, name) == 0) {
			*source = i;
			return 0;
		}
	}
	return wrong(why, "write bridge, packets or auto");
}
