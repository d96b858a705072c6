def clear_caches(env):
    """Clear the caches of the registry: now, and again when other transactions can see what has changed."""
    env.registry.clear_cache()
    env.cr.postcommit.add(env.registry.clear_cache)
