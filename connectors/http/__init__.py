"""What services over HTTP have in common, whatever they speak: clients, bodies, statuses."""
