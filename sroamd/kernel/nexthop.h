/* SPDX-License-Identifier: ISC */
/* One nexthop object per router and family. */
#ifndef SROAMD_KERNEL_NEXTHOP_H
#define SROAMD_KERNEL_NEXTHOP_H

struct kernel;
struct nlmsghdr;

void	nexthop_flush(struct kernel *);
void	nexthop_check(struct kernel *);	/* all, again */
void	nexthop_news(struct kernel *, struct nlmsghdr *);
void	nexthop_remove_all(struct kernel *);
#endif
