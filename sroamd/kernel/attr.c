/* SPDX-License-Identifier: ISC */
/* Attributes of netlink messages: attr.h. */
#include <netlink/attr.h>

#include "kernel/attr.h"

uint32_t
attr_u32(struct nlattr *a)
{
	return a != NULL && nla_len(a) >= 4 ? nla_get_u32(a) : 0;
}

uint16_t
attr_u16(struct nlattr *a)
{
	return a != NULL && nla_len(a) >= 2 ? nla_get_u16(a) : 0;
}

uint8_t
attr_u8(struct nlattr *a)
{
	return a != NULL && nla_len(a) >= 1 ? nla_get_u8(a) : 0;
}

struct nlattr *
attr_nested(struct nlattr *a, int type)
{
	return a == NULL ? NULL : nla_find(nla_data(a), nla_len(a), type);
}
