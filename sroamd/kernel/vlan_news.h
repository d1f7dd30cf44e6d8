/* SPDX-License-Identifier: ISC */
/* What bridges say of the VLANs of their ports, and what follows from it. */
#ifndef SROAMD_KERNEL_VLAN_NEWS_H
#define SROAMD_KERNEL_VLAN_NEWS_H

struct kernel;
struct kernel_link;
struct kernel_port;
struct knode;

/* Of a port, or of itself. */
void	vlan_news(struct kernel *, const struct kernel_port *);
/* A link is news; if it is a bridge, its way with VLANs may be another. */
void	vlan_link(struct kernel *, struct knode *,
	    const struct kernel_link *old);
/* Ask all bridges that tell VLANs apart. */
void	vlan_dump(struct kernel *);
#endif
