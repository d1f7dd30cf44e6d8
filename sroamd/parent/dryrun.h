/* SPDX-License-Identifier: ISC */
/* sroamd -n: checks the configuration, and does nothing else. */
#ifndef SROAMD_DRYRUN_H
#define SROAMD_DRYRUN_H

/* The exit status; 1: the error was logged. */
int	dryrun(const char *path, int verbose);
#endif
