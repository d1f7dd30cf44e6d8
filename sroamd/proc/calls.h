/* SPDX-License-Identifier: ISC */
/* Which system calls a process keeps, and with which arguments. */
#ifndef SROAMD_CALLS_H
#define SROAMD_CALLS_H

#include <seccomp.h>
#include <stdint.h>

#include "ipc/ipc.h"

/* A call that is permitted with these values of its arguments. */
struct rule {
	const char		*call;
	struct scmp_arg_cmp	 args[2];
	unsigned int		 nargs;
};

/* Of a process. */
struct calls {
	/* By name, with any arguments; the last is NULL. */
	const char *const	*plain;
	const struct rule	*rules;		/* the last is NULL */
	const char *const	*denied;	/* EACCES; the last is NULL */
	uint32_t		 others;	/* what other calls lead to */
};

/*
 * By name, since numbers differ between architectures, and C libraries use
 * different calls; unknown names are ignored.
 */
extern const struct calls	calls_common;	/* of all of them */
extern const struct calls	calls_of[PROC_NONE];
/* Calls with a writable file: their first argument.  The last is NULL. */
extern const char *const	calls_files[];
#endif
