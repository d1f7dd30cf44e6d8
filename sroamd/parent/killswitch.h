/* SPDX-License-Identifier: ISC */
/*
 * Ends one child, whatever it does, without the privilege to send signals: the
 * kernel has the owner of a descriptor signalled when something arrives there,
 * with the rights of who has named the owner.
 */
#ifndef SROAMD_PARENT_KILLSWITCH_H
#define SROAMD_PARENT_KILLSWITCH_H

#include <sys/types.h>

/* A pipe; -1 and -1: none. */
struct killswitch {
	int	fds[2];
};

/*
 * For our child, before the sandbox.  It is as well as dead once pulled, if we
 * are root of the machine and not of a container.
 */
void	killswitch_open(struct killswitch *, pid_t);
void	killswitch_pull(const struct killswitch *);
void	killswitch_close(struct killswitch *);
#endif
