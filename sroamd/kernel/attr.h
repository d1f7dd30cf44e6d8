/* SPDX-License-Identifier: ISC */
/*
 * Attributes of netlink messages.  One that is missing (NULL) or too short is
 * zero.
 */
#ifndef SROAMD_KERNEL_ATTR_H
#define SROAMD_KERNEL_ATTR_H

#include <stdint.h>

struct nlattr;

uint32_t	 attr_u32(struct nlattr *);
uint16_t	 attr_u16(struct nlattr *);
uint8_t		 attr_u8(struct nlattr *);
/* One of this type within another; NULL: there is none. */
struct nlattr	*attr_nested(struct nlattr *, int type);
#endif
