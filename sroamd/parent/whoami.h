/* SPDX-License-Identifier: ISC */
/* sroamd -I: says who this router is, which makes its identity if need be. */
#ifndef SROAMD_WHOAMI_H
#define SROAMD_WHOAMI_H

/* The exit status; 1: the error was logged. */
int	whoami(const char *path);
#endif
