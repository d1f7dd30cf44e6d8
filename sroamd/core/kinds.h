/* SPDX-License-Identifier: ISC */
/* The rows of the kinds of data, for the table. */
#ifndef SROAMD_CORE_KINDS_H
#define SROAMD_CORE_KINDS_H

struct core;

void	 core_kinds(struct core *);	/* once, before there is any datum */
#endif
