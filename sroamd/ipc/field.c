/* SPDX-License-Identifier: ISC */
/* The rules for fields of messages, and the texts about breaches. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/addr.h"
#include "ipc/field.h"
#include "msg.h"

#define PLEN_MAX	128

/* The text of a wrong value. */
enum shown {
	SHOW_NOTHING,
	SHOW_NUMBER,
	SHOW_TEXT,
	SHOW_MAC,
	SHOW_ADDR,
	SHOW_PREFIX
};

typedef bool	holds_fn(const struct ipc_field *, const void *);

struct rule {
	holds_fn	*holds;		/* NULL: always */
	enum shown	 shown;
	const char	*expected;	/* NULL: its limits */
};

static holds_fn	is_zero, is_not_zero, in_range, is_flag, is_count, in_set,
		is_text, is_name, is_station, is_lladdr, is_v4, is_v6,
		is_unicast, is_unicast6, is_linklocal, is_prefix, is_lease,
		is_gateway;
static size_t		 shown_octets(const uint8_t *, size_t);
static bool		 is_length(const struct prefix *);
static uint64_t		 number(const void *, size_t);
static bool		 holds(const struct ipc_field *, const void *);
static const char	*breach(const struct ipc_field *, const char *,
			    const void *);
static void		 show(const struct ipc_field *, const void *, char *,
			    size_t);
static void		 show_limits(const struct ipc_field *, char *, size_t);
static void		 show_set(uint64_t, char *, size_t);

static const struct rule rules[RULES] = {
	[RULE_ANY] = { NULL, SHOW_NOTHING, NULL },
	[RULE_ZERO] = { is_zero, SHOW_NUMBER, "0" },
	[RULE_NUMBER] = { in_range, SHOW_NUMBER, NULL },
	[RULE_FLAG] = { is_flag, SHOW_NUMBER, "0 or 1" },
	[RULE_NONZERO] = { is_not_zero, SHOW_NUMBER, "another" },
	[RULE_COUNT] = { is_count, SHOW_NUMBER, "less than 2^63" },
	[RULE_ONE_OF] = { in_set, SHOW_NUMBER, NULL },
	[RULE_TEXT] = { is_text, SHOW_TEXT, "a text" },
	[RULE_NAME] = { is_name, SHOW_TEXT, "the name of an interface" },
	[RULE_STATION] = { is_station, SHOW_MAC, "that of a station" },
	[RULE_LLADDR] = { is_lladdr, SHOW_MAC, "none of a group" },
	[RULE_V4] = { is_v4, SHOW_ADDR, "IPv4" },
	[RULE_V6] = { is_v6, SHOW_ADDR, "IPv6" },
	[RULE_UNICAST] = { is_unicast, SHOW_ADDR, "unicast" },
	[RULE_UNICAST6] = { is_unicast6, SHOW_ADDR, "unicast IPv6" },
	[RULE_LINKLOCAL] = { is_linklocal, SHOW_ADDR, "link-local IPv6" },
	[RULE_PREFIX] = { is_prefix, SHOW_PREFIX, NULL },
	[RULE_LEASE] = { is_lease, SHOW_PREFIX, "what one station may have" },
	[RULE_GATEWAY] = { is_gateway, SHOW_PREFIX,
	    "a unicast address and a length" },
	[RULE_ROUTER] = { is_not_zero, SHOW_NUMBER, "the id of a router" },
	[RULE_SETTING] = { NULL, SHOW_NOTHING, NULL },
	[RULE_PART] = { NULL, SHOW_NOTHING, NULL }
};

const char *
ipc_part_check(const struct ipc_part *part, const void *base)
{
	const char *wrong;
	size_t i;

	for (i = 0; i < part->nfields; i++)
		if ((wrong = ipc_field_check(&part->fields[i], base)) != NULL)
			return wrong;
	return part->agree == NULL ? NULL : part->agree(base);
}

const char *
ipc_field_check(const struct ipc_field *f, const void *base)
{
	const uint8_t *octets = base, *at = octets + f->offset;
	const char *wrong = NULL;
	uint64_t i, n = f->elements;
	char name[64];

	if (f->count_size > 0)
		n = number(octets + f->count, f->count_size);
	if (n > f->elements)
		return ipc_wrong("%s: %" PRIu64 " of them, expected at most "
		    "%zu", f->name, n, f->elements);
	for (i = 0; i < n; i++, at += f->size) {
		if (f->rule == RULE_PART)
			wrong = ipc_part_check(f->part, at);
		if (f->rule == RULE_PART ? wrong == NULL : holds(f, at))
			continue;
		if (f->elements == 1)
			snprintf(name, sizeof(name), "%s", f->name);
		else
			snprintf(name, sizeof(name), "%s[%u]", f->name,
			    (unsigned int)i);
		return wrong != NULL ? ipc_wrong("%s.%s", name, wrong) :
		    breach(f, name, at);
	}
	return NULL;
}

static bool
holds(const struct ipc_field *f, const void *at)
{
	const struct rule *rule = &rules[f->rule];

	return rule->holds == NULL || (f->none && is_zero(f, at)) ||
	    rule->holds(f, at);
}

/* What is wrong. */

const char *
ipc_wrong(const char *fmt, ...)
{
	static char text[256];
	char made[sizeof(text)];	/* maybe of the text itself */
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(made, sizeof(made), fmt, ap);
	va_end(ap);
	memcpy(text, made, sizeof(text));
	return text;
}

static const char *
breach(const struct ipc_field *f, const char *name, const void *at)
{
	const char *expected = rules[f->rule].expected;
	char value[64], limits[128];

	show(f, at, value, sizeof(value));
	if (expected == NULL) {
		show_limits(f, limits, sizeof(limits));
		expected = limits;
	}
	return ipc_wrong("%s: %s, expected %s%s", name, value, expected,
	    f->none ? ", or none" : "");
}

/* A text may contain anything, also terminal controls: it is not shown. */
static void
show(const struct ipc_field *f, const void *at, char *value, size_t size)
{
	struct prefix prefix;
	struct addr addr;
	struct mac mac;

	switch (rules[f->rule].shown) {
	case SHOW_NUMBER:
		snprintf(value, size, "%" PRIu64, number(at, f->size));
		break;
	case SHOW_MAC:
		memcpy(&mac, at, sizeof(mac));
		strlcpy(value, mac_text(&mac), size);
		break;
	case SHOW_ADDR:
		memcpy(&addr, at, sizeof(addr));
		strlcpy(value, addr_text(&addr), size);
		break;
	case SHOW_PREFIX:
		memcpy(&prefix, at, sizeof(prefix));
		snprintf(value, size, "%s, %u bits", addr_text(&prefix.addr),
		    prefix.len);
		break;
	default:
		strlcpy(value, "unfit", size);
		break;
	}
}

static void
show_limits(const struct ipc_field *f, char *text, size_t size)
{
	if (f->rule == RULE_ONE_OF)
		show_set(f->set, text, size);
	else if (f->rule == RULE_PREFIX)
		snprintf(text, size, "a prefix of %" PRIu64 " to %" PRIu64
		    " bits", f->min, f->max);
	else
		snprintf(text, size, "%" PRIu64 " to %" PRIu64, f->min,
		    f->max);
}

static void
show_set(uint64_t set, char *text, size_t size)
{
	char value[8];
	int bit;

	strlcpy(text, "one of", size);
	for (bit = 0; bit < 64; bit++) {
		if (!(set >> bit & 1))
			continue;
		snprintf(value, sizeof(value), " %d", bit);
		strlcat(text, value, size);
	}
}

/* Numbers. */

static uint64_t
number(const void *at, size_t size)
{
	uint64_t n64 = 0;
	uint32_t n32;
	uint16_t n16;

	switch (size) {
	case 1:
		return *(const uint8_t *)at;
	case sizeof(n16):
		memcpy(&n16, at, sizeof(n16));
		return n16;
	case sizeof(n32):
		memcpy(&n32, at, sizeof(n32));
		return n32;
	default:
		memcpy(&n64, at, size < sizeof(n64) ? size : sizeof(n64));
		return n64;
	}
}

static bool
is_zero(const struct ipc_field *f, const void *at)
{
	const uint8_t *octets = at;
	size_t i;

	for (i = 0; i < f->size; i++)
		if (octets[i] != 0)
			return false;
	return true;
}

static bool
is_not_zero(const struct ipc_field *f, const void *at)
{
	return !is_zero(f, at);
}

static bool
in_range(const struct ipc_field *f, const void *at)
{
	uint64_t n = number(at, f->size);

	return n >= f->min && n <= f->max;
}

static bool
is_flag(const struct ipc_field *f, const void *at)
{
	return number(at, f->size) <= 1;
}

static bool
is_count(const struct ipc_field *f, const void *at)
{
	return number(at, f->size) <= INT64_MAX;
}

static bool
in_set(const struct ipc_field *f, const void *at)
{
	uint64_t n = number(at, f->size);

	return n < 64 && (f->set >> n & 1);
}

/* Texts. */

/* NUL-terminated within its array, and without terminal controls. */
static bool
is_text(const struct ipc_field *f, const void *at)
{
	const uint8_t *text = at;
	size_t i, n;

	for (i = 0; i < f->size && text[i] != '\0'; i += n)
		if ((n = shown_octets(text + i, f->size - i)) == 0)
			return false;
	return i < f->size && i >= f->min;
}

/*
 * The length of the first character; 0: it controls a terminal.  ISO 6429 has
 * controls from 0x80 to 0x9f, too, as 0x9b, which is ESC [: some terminals take
 * them as octets, others as characters of UTF-8.  As octets of other
 * characters, as in c3 9f, only those of UTF-8 have them.
 */
static size_t
shown_octets(const uint8_t *text, size_t size)
{
	size_t i, n;

	if (text[0] < 0x80)
		return text[0] >= ' ' && text[0] != 0x7f;
	if (text[0] < 0xa0 || (text[0] == 0xc2 && size > 1 &&
	    text[1] >= 0x80 && text[1] < 0xa0))
		return 0;
	n = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : text[0] >= 0xc2 ? 2 : 1;
	if (n > size)
		return 1;
	for (i = 1; i < n; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 1;	/* not UTF-8: an octet of its own */
	/* A number that fewer octets hold may be a control. */
	if ((text[0] == 0xe0 && text[1] < 0xa0) ||
	    (text[0] == 0xf0 && text[1] < 0x90))
		return 1;
	return n;
}

static bool
is_name(const struct ipc_field *f, const void *at)
{
	(void)f;
	return ipc_is_name(at);
}

/* As the kernel's dev_valid_name() has it: 16 octets with the NUL. */
bool
ipc_is_name(const char *name)
{
	const struct ipc_field f = { .size = 16, .min = 1 };

	return is_text(&f, name) && strpbrk(name, "/ ") == NULL &&
	    strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* Addresses. */

static bool
is_station(const struct ipc_field *f, const void *at)
{
	(void)f;
	return mac_is_station(at);
}

static bool
is_lladdr(const struct ipc_field *f, const void *at)
{
	(void)f;
	return !(*(const uint8_t *)at & 1);
}

static bool
is_v4(const struct ipc_field *f, const void *at)
{
	(void)f;
	return addr_is_v4(at);
}

static bool
is_v6(const struct ipc_field *f, const void *at)
{
	return !addr_is_v4(at) && !is_zero(f, at);
}

static bool
is_unicast(const struct ipc_field *f, const void *at)
{
	return !is_zero(f, at) && !addr_is_multicast(at);
}

static bool
is_unicast6(const struct ipc_field *f, const void *at)
{
	return is_unicast(f, at) && !addr_is_v4(at);
}

static bool
is_linklocal(const struct ipc_field *f, const void *at)
{
	(void)f;
	return addr_is_linklocal(at) && !addr_is_v4(at);
}

static bool
is_length(const struct prefix *p)
{
	return p->len <= PLEN_MAX &&
	    (!addr_is_v4(&p->addr) || p->len >= V4_PLEN);
}

static bool
is_prefix(const struct ipc_field *f, const void *at)
{
	const struct prefix *p = at;
	struct prefix masked = *p;

	if (!is_length(p) || p->len < f->min || p->len > f->max)
		return false;
	prefix_mask(&masked);
	return prefix_cmp(p, &masked) == 0;
}

static bool
is_lease(const struct ipc_field *f, const void *at)
{
	const struct prefix *p = at;
	struct ipc_field limits = *f;

	limits.min = addr_is_v4(&p->addr) ? PLEN_MAX : DELEGATED_SHORTEST;
	limits.max = addr_is_v4(&p->addr) ? PLEN_MAX : DELEGATED_LONGEST;
	return is_prefix(&limits, at) && !addr_is_none(&p->addr) &&
	    !addr_is_multicast(&p->addr);
}

static bool
is_gateway(const struct ipc_field *f, const void *at)
{
	const struct prefix *p = at;

	(void)f;
	return is_length(p) && !addr_is_none(&p->addr) &&
	    !addr_is_multicast(&p->addr);
}
