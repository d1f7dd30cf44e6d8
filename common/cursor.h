/* SPDX-License-Identifier: ISC */
/*
 * A listing goes on behind the key of the last record that it gave, whatever
 * has come and gone meanwhile.
 */
#ifndef COMMON_CURSOR_H
#define COMMON_CURSOR_H

#include <sys/tree.h>

#include <string.h>

#include "common/ctl.h"

/*
 * The next object of a tree, or NULL at its end: the first one, and once the
 * listing has begun the one behind key, an object that is found by what the
 * cursor holds.
 */
#define CURSOR_NEXT(name, head, cursor, key) __extension__ ({		\
	__typeof__(key) at_ = NULL;					\
									\
	!(cursor)->started ? RB_MIN(name, head) :			\
	    (at_ = RB_FIND(name, head, key)) != NULL ?			\
	    RB_NEXT(name, head, at_) : RB_NFIND(name, head, key);	\
})

/* This record is given.  key: no longer than that of the cursor. */
static inline void
cursor_set(struct ctl_cursor *cursor, const void *key, uint8_t len)
{
	cursor->started = 1;
	cursor->len = len;
	memcpy(cursor->key, key, len);
}
#endif
