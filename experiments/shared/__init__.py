"""What several studies use: trained networks, theory, readers of stored runs, words."""
