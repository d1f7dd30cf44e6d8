/* SPDX-License-Identifier: ISC */
/*
 * What rtnetlink tells of links, addresses and nexthops, and all that follows
 * from it.
 */
#ifndef SROAMD_KERNEL_NEWS_H
#define SROAMD_KERNEL_NEWS_H

struct kernel;

int	news_open(struct kernel *);
void	news_close(struct kernel *);
/*
 * Ask for all links and addresses; what is not told of any more is gone.
 * Nobody is told before all is known.  0, or -1 (logged).
 */
int	news_dump(struct kernel *);
/* Events were dropped: nothing that hangs on links is sure any more. */
void	news_lost(void *);
/* Learn new addresses without waiting for their events. */
void	news_addrs(struct kernel *);
/* Set up all interfaces, see what became of it, and tell the engine. */
void	news_setup(struct kernel *);
#endif
