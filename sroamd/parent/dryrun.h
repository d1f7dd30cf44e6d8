/* SPDX-License-Identifier: ISC */
/* sroamd -n: the configuration is read and nothing else is done. */
#ifndef SROAMD_DRYRUN_H
#define SROAMD_DRYRUN_H

/* The exit status; 1: said what is wrong. */
int	dryrun(const char *path, int verbose);
#endif
