/* SPDX-License-Identifier: ISC */
/* The object that a member, such as its timer, is in. */
#ifndef COMMON_CONTAINER_OF_H
#define COMMON_CONTAINER_OF_H

#include <stddef.h>

#define container_of(member_ptr, type, member)				\
	((type *)(void *)((char *)(member_ptr) - offsetof(type, member)))
#endif
