/* SPDX-License-Identifier: ISC */
/*
 * Answers for people, as tables, and for programs, as JSON.  Each kind of
 * record is described once, field by field, for both.
 */
#ifndef SROAMCTL_OUTPUT_H
#define SROAMCTL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/ctl.h"

struct record;

struct output {
	FILE			*file;
	bool			 json;
	bool			 numeric;	/* router ids, not names */
	bool			 begun;
	unsigned int		 n;		/* records so far */
	const struct record	*record;	/* NULL: no records */
	size_t			 width;		/* of networks; 0: no column */
};

void	output_init(struct output *, enum ctl_type request, FILE *, bool json,
	    bool numeric);
/* 0, or -1: no record of the requested kind. */
int	output_record(struct output *, uint32_t type, const void *, size_t);
/* All records were printed; ok: the request succeeded. */
void	output_end(struct output *, bool ok);
#endif
