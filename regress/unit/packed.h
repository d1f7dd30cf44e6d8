/* SPDX-License-Identifier: ISC */
/* How many octets the fields of a message have, without padding; 0: none. */
#ifndef REGRESS_PACKED_H
#define REGRESS_PACKED_H

#include <stddef.h>
#include <stdint.h>

size_t	packed_size(uint32_t type);
#endif
