"""The component: what there is to be watched."""
