print("uesynthctl")
