/* SPDX-License-Identifier: ISC */
/*
 * The counters and states of the daemon in the OpenMetrics text format 1.0,
 * as Prometheus and others collect them.  What a metric is called and how it
 * is labelled follows from the record's description (record.h), so that what
 * is shown in JSON is measured by the same name.
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
/* What to ask the daemon for, one after the other; CTL_NONE: no more. */
enum ctl_type	 metrics_next(struct metrics *);
/* An answer: 0, or -1: not of the kind that was asked for. */
int		 metrics_record(struct metrics *, uint32_t type, const void *,
		    size_t);
/* All of it, when all was asked for. */
void		 metrics_print(const struct metrics *, FILE *);
#endif
