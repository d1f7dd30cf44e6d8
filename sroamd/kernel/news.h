/* SPDX-License-Identifier: ISC */
/*
 * Events of rtnetlink for links, addresses and nexthops, and what follows from
 * them.
 */
#ifndef SROAMD_KERNEL_NEWS_H
#define SROAMD_KERNEL_NEWS_H

struct kernel;

int	news_open(struct kernel *);
void	news_close(struct kernel *);
/*
 * Dump all links and addresses; what is not in the dump is gone.  Reports begin
 * when all is known.  0, or -1 (logged).
 */
int	news_dump(struct kernel *);
/* Events were lost: dump all that depends on links. */
void	news_lost(void *);
/* Read new addresses without waiting for their events. */
void	news_addrs(struct kernel *);
/* Set up all interfaces, read the result, and report it to the engine. */
void	news_setup(struct kernel *);
#endif
