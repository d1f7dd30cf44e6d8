/* SPDX-License-Identifier: ISC */
/*
 * What of the file system a process may use from some moment on, whatever its
 * user could: landlock(7), Linux 5.13.  What it has open stays open.  What may
 * be done by a path without opening a file is not governed: to look at its
 * owner and mode, and to connect to a socket.
 */
#ifndef SROAMD_LANDLOCK_H
#define SROAMD_LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a folder and all below it, or of one file. */
#define FILES_READ	0x1	/* read files, list folders */
#define FILES_WRITE	0x2	/* make, write, rename and remove files */
#define FILES_REMOVE	0x4	/* remove files */

struct landlock_path {
	const char	*path;
	unsigned int	 uses;		/* FILES_* */
};

/*
 * From now on this thread, and what it starts, uses only these paths, of which
 * some may be missing; connects by TCP only to `port` (0: to none), binds
 * nothing; and reaches neither abstract sockets nor, by signals, processes that
 * were there before.  A kernel that cannot do all of that does what it can.
 * Sets no_new_privs.  Errors are fatal.
 */
void	landlock_confine(const struct landlock_path *, size_t n,
	    uint16_t port);

/*
 * The same step by step.  Begins with nothing, and if `ports`, without TCP: a
 * descriptor for the next two, or -1: this kernel does not have it.
 */
int	landlock_begin(bool ports);
/* By a descriptor of the folder or file, which need not be readable. */
void	landlock_allow(int rules, int fd, unsigned int uses);
/* The same, by a path; one that does not exist is not used. */
void	landlock_allow_path(int rules, const char *path, unsigned int uses);
/* Takes the descriptor; for good.  Needs no_new_privs. */
void	landlock_end(int rules);
#endif
