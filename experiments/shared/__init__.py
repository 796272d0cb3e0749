"""What several studies share: trained networks, theory, access to stored runs, wording and drawing."""
