/* SPDX-License-Identifier: ISC */
/*
 * One value of a setting, by the type in its row: parsed, printed and checked.
 */
#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/field.h"
#include "conf/setting.h"
#include "conf/value.h"

static int		 set_number(const struct conf_field *, void *,
			    const char *, char *);
static int		 parse_number(const struct conf_field *, const char *,
			    uint32_t *, char *);
static int		 parse_time(const struct conf_field *, const char *,
			    uint32_t *, char *);
static const char	*text_of_key(const uint8_t *, size_t);
static const char	*text_of_prefix(const struct prefix *);
static const char	*text_of_route(const struct conf_route *);
static const char	*text_of_range(const struct conf_range *);
static const char	*text_of_boot(const struct conf_boot *);
static int		 check_boot(const struct conf_boot *, char *);
static bool		 is_number(const struct conf_field *);
static int		 check_text(const struct conf_field *, const char *,
			    char *);
static int		 check_number(const struct conf_field *, uint32_t,
			    char *);
static int		 check_addr(const struct conf_field *,
			    const struct addr *, char *);
static bool		 is_unicast(const struct addr *);
static int		 check_mac(struct mac, char *);
static int		 check_prefix(const struct prefix *, bool, char *);

int
conf_setting_set(const struct conf_field *f, void *at, const char *text,
    char *why)
{
	if (is_number(f))
		return set_number(f, at, text, why);
	if (f->type != CONF_TYPE_NAME && f->type != CONF_TYPE_PATH)
		return conf_value(f->type, at, text, why);
	return conf_value_text(f->none != NULL && strcmp(text, f->none) == 0 ?
	    "" : text, at, f->size, f->max, why);
}

static int
set_number(const struct conf_field *f, void *at, const char *text, char *why)
{
	uint32_t n;

	if (parse_number(f, text, &n, why) == -1)
		return -1;
	if (f->size == sizeof(n))
		memcpy(at, &n, sizeof(n));
	else
		*(uint8_t *)at = (uint8_t)n;
	return 0;
}

static int
parse_number(const struct conf_field *f, const char *text, uint32_t *n,
    char *why)
{
	const struct conf_word *w;

	*n = 0;
	if (f->type == CONF_TYPE_SECONDS || f->type == CONF_TYPE_MS)
		return parse_time(f, text, n, why);
	if (f->type == CONF_TYPE_NUMBER) {
		if ((f->none != NULL && strcmp(text, f->none) == 0) ||
		    conf_value_number(text, 0, UINT32_MAX, n, why) == 0)
			return 0;
		return conf_wrong(why, "not a number, write %u to %u", f->min,
		    f->max);
	}
	for (w = f->words; w->name != NULL; w++) {
		if (strcmp(text, w->name) == 0) {
			*n = w->value;
			return 0;
		}
	}
	return conf_wrong(why, "write %s",
	    conf_words_text(f->words, ", ", " or "));
}

/* What is no time at all is told the range, too. */
static int
parse_time(const struct conf_field *f, const char *text, uint32_t *n,
    char *why)
{
	if (conf_value_time(text, f->type == CONF_TYPE_MS, n, why) == 0)
		return 0;
	strlcat(why, "; ", CONF_WHY);
	strlcat(why, conf_number_text(f, f->min), CONF_WHY);
	strlcat(why, " to ", CONF_WHY);
	strlcat(why, conf_number_text(f, f->max), CONF_WHY);
	return -1;
}

const char *
conf_setting_text(const struct conf_field *f, const void *at)
{
	const char *text = at;

	switch (f->type) {
	case CONF_TYPE_ID:
		return router_id_text(at);
	case CONF_TYPE_KEY:
		return text_of_key(at, f->size);
	case CONF_TYPE_ADDR:
	case CONF_TYPE_V4:
	case CONF_TYPE_ROUTER4:
	case CONF_TYPE_ROUTER6:
		return addr_text(at);
	case CONF_TYPE_MAC:
		return mac_text(at);
	case CONF_TYPE_PREFIX:
	case CONF_TYPE_NAT64:
	case CONF_TYPE_GATEWAY:
		return text_of_prefix(at);
	case CONF_TYPE_ROUTE:
		return text_of_route(at);
	case CONF_TYPE_RANGE:
		return text_of_range(at);
	case CONF_TYPE_BOOT:
		return text_of_boot(at);
	default:
		if (is_number(f))
			return conf_number_text(f, conf_setting_number(f, at));
		if (strnlen(text, f->size) == f->size)
			return "";
		return text[0] == '\0' && f->none != NULL ? f->none : text;
	}
}

static const char *
text_of_key(const uint8_t *key, size_t size)
{
	static char text[sizeof("hex:") + 64];
	size_t i;

	strlcpy(text, "hex:", sizeof(text));
	for (i = 0; i < size; i++)
		snprintf(text + 4 + 2 * i, 3, "%02x", key[i]);
	return text;
}

/*
 * prefix_text is for prefixes without bits beyond the length; this is not one.
 */
static const char *
text_of_prefix(const struct prefix *p)
{
	static char text[PREFIX_TEXT];

	snprintf(text, sizeof(text), "%s/%u", addr_text(&p->addr),
	    prefix_plen(p));
	return text;
}

static const char *
text_of_route(const struct conf_route *r)
{
	static char text[PREFIX_TEXT + 32];

	snprintf(text, sizeof(text), "%s preference %s",
	    prefix_text(&r->prefix), conf_number_text(conf_field_at(
	    CONF_NETWORK, offsetof(struct conf_network, preference)),
	    r->preference));
	return text;
}

static const char *
text_of_range(const struct conf_range *r)
{
	static char text[2 * ADDR_TEXT + 4];

	if (addr_cmp(&r->first, &r->last) == 0)
		return addr_text(&r->first);
	snprintf(text, sizeof(text), "%s to %s", addr_text(&r->first),
	    addr_text(&r->last));
	return text;
}

/* In quotes, with a backslash before a quote or backslash. */
static const char *
text_of_boot(const struct conf_boot *b)
{
	static char text[2 * CONF_BOOT_FILE + 32];
	size_t n = 0, i, len = strnlen(b->file, sizeof(b->file));

	text[n++] = '"';
	for (i = 0; i < len; i++) {
		if (b->file[i] == '"' || b->file[i] == '\\')
			text[n++] = '\\';
		text[n++] = b->file[i];
	}
	if (b->arch == 0)
		snprintf(text + n, sizeof(text) - n, "\"");
	else
		snprintf(text + n, sizeof(text) - n, "\" arch %u", b->arch - 1);
	return text;
}

const char *
conf_number_text(const struct conf_field *f, uint32_t n)
{
	static const struct {
		uint32_t	 ms;
		const char	*name;
	} units[] = {
		{ 86400000, "d" }, { 3600000, "h" }, { 60000, "m" },
		{ 1000, "s" }, { 1, "ms" }
	};
	static char text[24];
	const struct conf_word *w;
	uint64_t ms = f->type == CONF_TYPE_MS ? n : n * 1000ull;
	size_t i;

	if (n == 0 && f->none != NULL)
		return f->none;
	for (w = f->words; w != NULL && w->name != NULL; w++)
		if (w->value == n)
			return w->name;
	if (f->type == CONF_TYPE_NUMBER || f->type == CONF_TYPE_CHOICE) {
		snprintf(text, sizeof(text), "%u", n);
		return text;
	}
	for (i = n == 0 ? 3 : 0; ms % units[i].ms != 0; i++)
		continue;
	snprintf(text, sizeof(text), "%llu%s",
	    (unsigned long long)ms / units[i].ms, units[i].name);
	return text;
}

static bool
is_number(const struct conf_field *f)
{
	return f->type >= CONF_TYPE_SECONDS && f->type <= CONF_TYPE_CHOICE;
}

bool
conf_setting_is_text(const struct conf_field *f)
{
	return f->type >= CONF_TYPE_NAME && f->type <= CONF_TYPE_NETWORK;
}

uint32_t
conf_setting_number(const struct conf_field *f, const void *at)
{
	uint32_t n;

	if (f->size != sizeof(n))
		return *(const uint8_t *)at;
	memcpy(&n, at, sizeof(n));
	return n;
}

/* Numbers always have a value; so do texts that may not be empty. */
bool
conf_setting_unset(const struct conf_field *f, const void *at)
{
	const uint8_t *octets = at;
	size_t i;

	if (is_number(f) || f->min > 0 || f->none != NULL)
		return false;
	for (i = 0; i < f->size; i++)
		if (octets[i] != 0)
			return false;
	return true;
}

int
conf_setting_check(const struct conf_field *f, const void *at, char *why)
{
	const struct prefix *gateway = at;
	const struct conf_route *route = at;
	const struct conf_range *range = at;
	char again[CONF_DOMAIN];

	if (f->count == 0 && conf_setting_unset(f, at))
		return 0;
	switch (f->type) {
	case CONF_TYPE_NAME:
	case CONF_TYPE_PATH:
		return check_text(f, at, why);
	case CONF_TYPE_DOMAIN:
	case CONF_TYPE_URI:
	case CONF_TYPE_IFNAME:
	case CONF_TYPE_NETWORK:
	case CONF_TYPE_NAT64:
		return conf_setting_set(f, again, conf_setting_text(f, at),
		    why);
	case CONF_TYPE_MAC:
		return check_mac(*(const struct mac *)at, why);
	case CONF_TYPE_PREFIX:
		return check_prefix(at, true, why);
	case CONF_TYPE_GATEWAY:
		if (!is_unicast(&gateway->addr))
			return conf_wrong(why, "write a unicast address");
		return check_prefix(at, false, why);
	case CONF_TYPE_ROUTE:
		if (route->preference > PREFERENCE_LOW)
			return conf_wrong(why, "bad preference");
		return check_prefix(&route->prefix, true, why);
	case CONF_TYPE_RANGE:
		if (!addr_is_v4(&range->first) || !addr_is_v4(&range->last))
			return conf_wrong(why, "write IPv4 addresses");
		return 0;
	case CONF_TYPE_BOOT:
		return check_boot(at, why);
	case CONF_TYPE_ID:
	case CONF_TYPE_KEY:
		return 0;
	default:
		return is_number(f) ?
		    check_number(f, conf_setting_number(f, at), why) :
		    check_addr(f, at, why);
	}
}

static int
check_text(const struct conf_field *f, const char *text, char *why)
{
	bool name = f->type == CONF_TYPE_NAME;
	size_t len = strnlen(text, f->size);
	const char *p;

	if (len < f->min)
		return conf_wrong(why, "empty, write a %s",
		    name ? "name" : "path");
	if (len > f->max)
		return conf_wrong(why, "too long, at most %u octets fit",
		    f->max);
	if (!name && len > 0 && text[0] != '/')
		return conf_wrong(why, "not absolute, write a path that "
		    "begins with /");
	for (p = text; *p != '\0'; p++) {
		if (name && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP"
		    "QRSTUVWXYZ0123456789._-", *p) == NULL)
			return conf_wrong(why, "write only letters, digits, "
			    "dots, dashes and underscores");
		if (*p < ' ' || *p > '~')
			return conf_wrong(why, "write only printable ASCII");
	}
	return 0;
}

static int
check_boot(const struct conf_boot *b, char *why)
{
	size_t i, len = strnlen(b->file, sizeof(b->file));

	if (len == 0 || len == sizeof(b->file))
		return conf_wrong(why, "write a name of 1 to %zu octets",
		    sizeof(b->file) - 1);
	for (i = 0; i < len; i++)
		if (b->file[i] < ' ' || b->file[i] > '~')
			return conf_wrong(why, "write only printable ASCII");
	if (b->arch > CONF_ARCH_MAX + 1)
		return conf_wrong(why, "write an architecture of 0 to %u",
		    CONF_ARCH_MAX);
	return 0;
}

static int
check_number(const struct conf_field *f, uint32_t n, char *why)
{
	const struct conf_word *w;

	for (w = f->words; w != NULL && w->name != NULL; w++)
		if (w->value == n)
			return 0;
	if (f->words != NULL)
		return conf_wrong(why, "write %s",
		    conf_words_text(f->words, ", ", " or "));
	if (n == 0 && ((f->flags & CONF_OR_ZERO) || f->none != NULL))
		return 0;
	if (n < f->min)
		return conf_wrong(why, "too small, write at least %s%s",
		    conf_number_text(f, f->min), !(f->flags & CONF_OR_ZERO) ?
		    "" : f->type == CONF_TYPE_NUMBER ? ", or 0" : ", or 0s");
	if (n > f->max)
		return conf_wrong(why, "too large, write at most %s",
		    conf_number_text(f, f->max));
	return 0;
}

static int
check_addr(const struct conf_field *f, const struct addr *addr, char *why)
{
	if ((f->type == CONF_TYPE_ROUTER4 || f->type == CONF_TYPE_ROUTER6) &&
	    (!is_unicast(addr) || addr_is_linklocal(addr) ||
	    addr_is_v4(addr) != (f->type == CONF_TYPE_ROUTER4)))
		return conf_wrong(why, "the other routers cannot route to it, "
		    "write a unicast address of a loopback or uplink");
	if (!is_unicast(addr) ||
	    (f->type == CONF_TYPE_V4 && !addr_is_v4(addr)))
		return conf_wrong(why, "write a unicast address");
	return 0;
}

/* A unicast address that is neither unspecified nor loopback. */
static bool
is_unicast(const struct addr *addr)
{
	static const struct addr loopback = { { [15] = 1 } };
	const uint8_t *v4 = addr_v4(addr);

	if (addr_is_v4(addr))
		return v4[0] != 0 && v4[0] != 127 && v4[0] < 224;
	return !addr_is_none(addr) && !addr_is_multicast(addr) &&
	    addr_cmp(addr, &loopback) != 0;
}

static int
check_mac(struct mac mac, char *why)
{
	if (mac_is_station(&mac))
		return 0;
	mac.octet[0] &= 0xfe;
	return conf_wrong(why, "a group address, write a unicast one such as "
	    "%s", mac_is_station(&mac) ? mac_text(&mac) : "02:00:5e:00:53:44");
}

static int
check_prefix(const struct prefix *p, bool masked, char *why)
{
	struct prefix whole = *p;

	if (p->len > 128 || (addr_is_v4(&p->addr) && p->len < V4_PLEN))
		return conf_wrong(why, "bad length");
	prefix_mask(&whole);
	if (masked && prefix_cmp(&whole, p) != 0)
		return conf_wrong(why, "bits beyond its length are set");
	return 0;
}

const char *
conf_words_text(const struct conf_word *words, const char *comma,
    const char *last)
{
	static char text[80];
	const struct conf_word *w;

	text[0] = '\0';
	for (w = words; w->name != NULL; w++) {
		if (w > words)
			strlcat(text, w[1].name == NULL ? last : comma,
			    sizeof(text));
		strlcat(text, w->name, sizeof(text));
	}
	return text;
}
