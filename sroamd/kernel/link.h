/* SPDX-License-Identifier: ISC */
/* All links and addresses of this host, kept by rtnetlink's news. */
#ifndef SROAMD_KERNEL_LINK_H
#define SROAMD_KERNEL_LINK_H

struct kernel;
struct knode;

int		 link_open(struct kernel *);
void		 link_close(struct kernel *);
int		 link_dump(struct kernel *);	/* ask for everything */
void		 link_lost(void *);
void		 addr_refresh(struct kernel *);
void		 node_serves(struct kernel *, struct knode *);
#endif
