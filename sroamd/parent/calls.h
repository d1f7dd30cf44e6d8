/* SPDX-License-Identifier: ISC */
/* The system calls that the parent keeps once its children run. */
#ifndef SROAMD_CALLS_H
#define SROAMD_CALLS_H

/*
 * A list, also of arguments: any other call ends the process.  To start a
 * program, a process or a thread, and to make memory executable, fails with
 * EPERM.  Errors are fatal, but a kernel without filters is none: the children
 * log that.
 */
void	calls_filter(void);
#endif
