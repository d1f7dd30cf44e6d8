/* SPDX-License-Identifier: ISC */
/*
 * The interface of the configuration whose stations are at a port of a bridge
 * or at an access point: found again after a change.
 */
#ifndef SROAMD_KERNEL_SERVE_H
#define SROAMD_KERNEL_SERVE_H

struct kernel;
struct knode;

/* An access point that serves one of ours is watched, another is not. */
void	serve_port(struct kernel *, struct knode *);
/* All ports of a bridge; nothing, if the link is none. */
void	serve_bridge(struct kernel *, const struct knode *);
/* An access point, or an interface of one, is another or gone. */
void	serve_radios(struct kernel *);
/* Report all whose stations may be at a port, if they have changed. */
void	serve_report(struct kernel *, const struct knode *);
/* What was behind the port may be there again, and silent. */
void	serve_returns(struct kernel *, const struct knode *);
#endif
