"""What a delivery gives away about itself: holes, losses, totals among parts, jumps, copies."""
