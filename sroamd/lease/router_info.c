/* SPDX-License-Identifier: ISC */
/* The value of a router datum: sroam-flood(7). */
#include <string.h>

#include "lease/router_info.h"

/* Fields of a router datum's value: type, length, body. */
enum field {
	FIELD_ADDR4 = 1,
	FIELD_ADDR6 = 2,
	FIELD_NAME = 3,
	FIELD_VERSION = 4
};

static int	copy_text(char *, size_t, const uint8_t *, uint8_t);
static bool	usable(const struct addr *);
static uint8_t	add_field(uint8_t *, uint8_t, enum field, const void *, size_t);

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

/*
 * A router datum, sroam-flood(7).  Unknown fields are skipped; 0, or -1 when
 * it is malformed.
 */
int
router_info_parse(const uint8_t *key, uint8_t keylen, const uint8_t *value,
    uint8_t vallen, struct router_info *info)
{
	unsigned int	at = 0;
	const uint8_t	*body;
	uint8_t		type, len;

	memset(info, 0, sizeof(*info));
	if (keylen != 9 || key[0] != DATUM_ROUTER)
		return -1;
	memcpy(info->id.octet, key + 1, 8);
	if (router_id_is_none(&info->id))
		return -1;
	while (at < vallen) {
		if (vallen - at < 2 || vallen - at - 2 < value[at + 1])
			return -1;
		type = value[at];
		len = value[at + 1];
		body = value + at + 2;
		at += 2U + len;
		if (type == FIELD_ADDR4) {
			if (len != 4)
				return -1;
			addr_from_v4(&info->addr4, body);
		} else if (type == FIELD_ADDR6) {
			if (len != 16)
				return -1;
			memcpy(info->addr6.octet, body, 16);
			if (addr_is_v4(&info->addr6))
				return -1;
		} else if (type == FIELD_NAME) {
			if (copy_text(info->name, sizeof(info->name), body,
			    len) == -1)
				return -1;
		} else if (type == FIELD_VERSION) {
			if (copy_text(info->version, sizeof(info->version),
			    body, len) == -1)
				return -1;
		}
	}
	return usable(&info->addr4) && usable(&info->addr6) ? 0 : -1;
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

uint8_t
router_info_build(const struct router_info *info, uint8_t *value)
{
	uint8_t	n = 0;

	if (!addr_is_none(&info->addr4))
		n = add_field(value, n, FIELD_ADDR4, addr_v4(&info->addr4), 4);
	if (!addr_is_none(&info->addr6))
		n = add_field(value, n, FIELD_ADDR6, info->addr6.octet, 16);
	n = add_field(value, n, FIELD_NAME, info->name,
	    strnlen(info->name, sizeof(info->name) - 1));
	return add_field(value, n, FIELD_VERSION, info->version,
	    strnlen(info->version, sizeof(info->version) - 1));
}
