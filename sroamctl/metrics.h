/* SPDX-License-Identifier: ISC */
/*
 * The counters and states of the daemon in the OpenMetrics text format 1.0, as
 * Prometheus and others collect them.  Names and labels of a metric follow
 * from the record's description (record.h): they are the keys of the JSON
 * output.
 */
#ifndef SROAMCTL_METRICS_H
#define SROAMCTL_METRICS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/ctl.h"

struct metrics;

struct metrics	*metrics_new(void);
void		 metrics_free(struct metrics *);
/* The next request to send to the daemon; CTL_NONE: no more. */
enum ctl_type	 metrics_next(struct metrics *);
/* An answer: 0, or -1: not of the requested kind. */
int		 metrics_record(struct metrics *, uint32_t type, const void *,
		    size_t);
/* Print everything, after the last answer. */
void		 metrics_print(const struct metrics *, FILE *);
#endif
