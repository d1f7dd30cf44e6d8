/* SPDX-License-Identifier: ISC */
/*
 * The children's whole lives, with the arguments of main; their status.  Each
 * is started by re-executing ourselves (-E engine, -F frontend, -R resolver).
 */
#ifndef SROAMD_PROC_H
#define SROAMD_PROC_H

int	engine(int, char **);
int	frontend(int, char **);
int	resolver(int, char **);
#endif
