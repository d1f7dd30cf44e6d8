/* SPDX-License-Identifier: ISC */
/* Common to the bench programs: the time, order statistics, connections. */
#ifndef REGRESS_BENCH_UTIL_H
#define REGRESS_BENCH_UTIL_H

#include <stddef.h>
#include <stdint.h>

uint64_t	now_ns(void);			/* monotonic */
void		sort64(uint64_t *, size_t);
/* Of a sorted array, in microseconds; 0 if it is empty. */
double		percentile_us(const uint64_t *, size_t, double);
/* Without Nagle's algorithm, and never blocking from then on. */
int		tcp_dial(const char *addr, const char *port);
void		tcp_set_up(int fd);
#endif
