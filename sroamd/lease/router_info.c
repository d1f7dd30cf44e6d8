/* SPDX-License-Identifier: ISC */
/* The value of a router datum, and what is signed of it: sroam-flood(7). */
#include <string.h>

#include "lease/router_info.h"
#include "table/key.h"

/* Fields of a router datum's value: type, length, body. */
enum field {
	FIELD_ADDR4 = 1,
	FIELD_ADDR6 = 2,
	FIELD_NAME = 3,
	FIELD_VERSION = 4,
	FIELD_KEY = 5,
	FIELD_SIGNATURE = 6,		/* the last one */
	FIELD_RUN = 7,
	FIELD_CONFIG = 8
};

/* What a value must have, once. */
#define HAS_KEY		0x1
#define HAS_SIGNATURE	0x2
#define HAS_RUN		0x4
#define HAS_ALL		0x7

static const char	purpose[] = "sroam router";

static int	copy_text(char *, size_t, const uint8_t *, uint8_t);
static bool	usable(const struct addr *);
static int	field_parse(struct router_info *, uint8_t type,
		    const uint8_t *body, uint8_t len, unsigned int *has);
static uint8_t	add_field(uint8_t *, uint8_t, enum field, const void *, size_t);
static void	put64(uint8_t *, uint64_t);
static uint64_t	get64(const uint8_t *);

/* Only printable text: it is shown on terminals. */
static int
copy_text(char *dst, size_t size, const uint8_t *src, uint8_t len)
{
	uint8_t	i;

	if (len >= size)
		return -1;
	for (i = 0; i < len; i++)
		if (src[i] < 0x21 || src[i] > 0x7e)
			return -1;
	memcpy(dst, src, len);
	dst[len] = '\0';
	return 0;
}

/* An address that a route can lead to, or none. */
static bool
usable(const struct addr *addr)
{
	static const struct addr	loopback6 = { { [15] = 1 } };

	if (addr_is_none(addr))
		return true;
	if (addr_is_v4(addr) &&
	    (addr_v4(addr)[0] == 127 || addr_v4(addr)[0] == 0))
		return false;
	return !addr_is_multicast(addr) && !addr_is_linklocal(addr) &&
	    addr_cmp(addr, &loopback6) != 0;
}

static void
put64(uint8_t *to, uint64_t n)
{
	int	i;

	for (i = 0; i < 8; i++)
		to[i] = (uint8_t)(n >> (56 - 8 * i));
}

static uint64_t
get64(const uint8_t *from)
{
	uint64_t	n = 0;
	int		i;

	for (i = 0; i < 8; i++)
		n = n << 8 | from[i];
	return n;
}

/* Of two keys, or two runs, somebody else might read the other one. */
static int
field_parse(struct router_info *info, uint8_t type, const uint8_t *body,
    uint8_t len, unsigned int *has)
{
	unsigned int	bit = 0;

	if (*has & HAS_SIGNATURE)
		return -1;		/* it is the last */
	switch (type) {
	case FIELD_ADDR4:
		if (len != 4)
			return -1;
		addr_from_v4(&info->addr4, body);
		break;
	case FIELD_ADDR6:
		if (len != 16)
			return -1;
		memcpy(info->addr6.octet, body, 16);
		if (addr_is_v4(&info->addr6))
			return -1;
		break;
	case FIELD_NAME:
		return copy_text(info->name, sizeof(info->name), body, len);
	case FIELD_VERSION:
		return copy_text(info->version, sizeof(info->version), body,
		    len);
	case FIELD_KEY:
		if (len != sizeof(info->key))
			return -1;
		memcpy(info->key.octet, body, len);
		bit = HAS_KEY;
		break;
	case FIELD_RUN:
		if (len != 8 || (info->run = get64(body)) == 0)
			return -1;
		bit = HAS_RUN;
		break;
	case FIELD_CONFIG:
		if (len != sizeof(info->config))
			return -1;
		memcpy(info->config, body, len);
		info->has_config = 1;
		break;
	case FIELD_SIGNATURE:
		if (len != sizeof(info->signature))
			return -1;
		memcpy(info->signature.octet, body, len);
		bit = HAS_SIGNATURE;
		break;
	}
	if (*has & bit)
		return -1;
	*has |= bit;
	return 0;
}

/*
 * A router datum, sroam-flood(7).  Unknown fields are skipped; 0, or -1 when
 * it is malformed.
 */
int
router_info_parse(const uint8_t *key, uint8_t keylen, const uint8_t *value,
    uint8_t vallen, struct router_info *info)
{
	unsigned int	at = 0, has = 0;
	uint8_t		len;

	memset(info, 0, sizeof(*info));
	if (keylen != ROUTER_KEY || key[0] != DATUM_ROUTER)
		return -1;
	memcpy(info->id.octet, key + 1, 8);
	if (router_id_is_none(&info->id))
		return -1;
	while (at < vallen) {
		if (vallen - at < 2 || vallen - at - 2 < value[at + 1])
			return -1;
		len = value[at + 1];
		if (value[at] == FIELD_SIGNATURE)
			info->signed_len = (uint8_t)at;
		if (field_parse(info, value[at], value + at + 2, len, &has) ==
		    -1)
			return -1;
		at += 2U + len;
	}
	return has == HAS_ALL && usable(&info->addr4) &&
	    usable(&info->addr6) ? 0 : -1;
}

static uint8_t
add_field(uint8_t *value, uint8_t at, enum field type, const void *body,
    size_t len)
{
	value[at] = (uint8_t)type;
	value[at + 1] = (uint8_t)len;
	memcpy(value + at + 2, body, len);
	return (uint8_t)(at + 2 + len);
}

/* With all that is there, a name of 41 to 63 octets does not fit. */
uint8_t
router_info_build(const struct router_info *info, uint8_t *value)
{
	size_t	name = strnlen(info->name, sizeof(info->name) - 1);
	size_t	version = strnlen(info->version, sizeof(info->version) - 1);
	size_t	rest = (addr_is_none(&info->addr4) ? 0 : 2 + 4) +
		    (addr_is_none(&info->addr6) ? 0 : 2U + 16) +
		    2 + version + 2 + sizeof(info->key) + 2 + 8 +
		    (info->has_config ? 2 + sizeof(info->config) : 0);
	uint8_t	run[8], n = 0;

	if (rest + 2 + name > ROUTER_SIGNED_MAX)
		name = ROUTER_NAME_CUT;
	if (!addr_is_none(&info->addr4))
		n = add_field(value, n, FIELD_ADDR4, addr_v4(&info->addr4), 4);
	if (!addr_is_none(&info->addr6))
		n = add_field(value, n, FIELD_ADDR6, info->addr6.octet, 16);
	n = add_field(value, n, FIELD_NAME, info->name, name);
	n = add_field(value, n, FIELD_VERSION, info->version, version);
	n = add_field(value, n, FIELD_KEY, info->key.octet,
	    sizeof(info->key));
	put64(run, info->run);
	n = add_field(value, n, FIELD_RUN, run, sizeof(run));
	if (info->has_config)
		n = add_field(value, n, FIELD_CONFIG, info->config,
		    sizeof(info->config));
	return n;
}

uint8_t
router_info_sign(uint8_t *value, uint8_t len,
    const struct router_signature *signature)
{
	return add_field(value, len, FIELD_SIGNATURE, signature->octet,
	    sizeof(signature->octet));
}

size_t
router_text(const struct router_id *id, uint64_t seqno, const uint8_t *value,
    uint8_t signed_len, uint8_t text[ROUTER_TEXT_MAX])
{
	size_t	n = sizeof(purpose) - 1;

	memcpy(text, purpose, n);
	router_key(id, text + n);
	n += ROUTER_KEY;
	put64(text + n, seqno);
	n += 8;
	memcpy(text + n, value, signed_len);
	return n + signed_len;
}
