/* SPDX-License-Identifier: ISC */
/* The nth of the stations that these programs invent, and its lease. */
#ifndef REGRESS_BENCH_STATION_H
#define REGRESS_BENCH_STATION_H

#define STATION_MAC(n)	{ 0x02, 0x5b, 0, (n) >> 16 & 0xff, \
			    (n) >> 8 & 0xff, (n) & 0xff }
#define STATION_ADDR(n)	(0x0a400100u + (n))	/* from 10.64.1.0 on */
#endif
